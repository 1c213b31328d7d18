public import Authority
public import Gate

/// What was said in the old turns of a conversation, in fewer words. The words are kept sealed under ``payload``; what they rest
/// on stands beside them, and no model writes it.
public struct Summary: Sendable, Hashable {
    public let session: SessionKey
    public let conversation: ConversationID
    /// When the first turn that it covers began. Once the session has forgotten what it saw then, it isn't shown.
    public let first: Timestamp
    /// When the last one began, and its id: later ones aren't covered.
    public let last: Timestamp
    public let lastTurn: TurnID
    /// Joined, of all that it covers.
    public let labels: Labels
    public let payload: String

    public init(
        session: SessionKey, conversation: ConversationID, first: Timestamp, last: Timestamp, lastTurn: TurnID,
        labels: Labels, payload: String
    ) {
        self.session = session
        self.conversation = conversation
        self.first = first
        self.last = last
        self.lastTurn = lastTurn
        self.labels = labels
        self.payload = payload
    }

    /// Of these turns and what stood for those before them.
    ///
    /// - Parameter turns: oldest first, and not empty.
    init?(of turns: [Turn], after earlier: Summary?, payload: String) {
        guard let first = turns.first, let last = turns.last else { return nil }
        self.init(
            session: last.session, conversation: last.conversation, first: earlier?.first ?? first.began,
            last: last.began, lastTurn: last.id,
            labels: turns.reduce(earlier?.labels ?? .fresh) { $0.joined(with: $1.labels) }, payload: payload)
    }

    public func covers(_ turn: Turn) -> Bool { (turn.began, turn.id) <= (last, lastTurn) }
}
