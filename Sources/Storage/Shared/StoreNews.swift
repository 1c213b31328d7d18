public import Authority
public import Turns

/// What another gateway did, as it says: it only saves a wait.
public struct StoreNews: Sendable, Hashable {
    /// Somebody answered, or is to be told something.
    public var hasAnswers = false
    /// Turns that made a step, by conversation.
    public var moved: [ConversationID: TurnID] = [:]
    /// Turns that were ended from outside.
    public var stopped: Set<TurnID> = []

    var isEmpty: Bool { !hasAnswers && moved.isEmpty && stopped.isEmpty }
}
