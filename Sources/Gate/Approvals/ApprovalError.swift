public import Authority
public import Wire

/// Why an answer isn't taken.
public enum ApprovalError: Error, Sendable {
    /// There is no such approval, or it isn't for this person. Both answer alike.
    case unknown
    /// Somebody was first, or it ended: this is how, and who agreed.
    case decided(ApprovalState, by: Set<PersonID>)
    /// What was shown isn't what waits now.
    case changed
    /// What it stood on has changed, so it is void.
    case void(String)
    /// This person may not agree to it any more.
    case notEntitled
    /// Something here wants an answer each time.
    case noWindow
    /// The edited arguments don't fit the tool.
    case invalid([SchemaViolation])
    /// The edited call is refused.
    case refused([Finding])
    case tooManyAsks(Int)
    case unavailable(String)

    /// In plain words, for a page or a terminal.
    public var message: String {
        switch self {
        case .unknown: "there is no such approval for you"
        case .decided(let state, let people): "it is decided already: \(state.sentence(by: people))"
        case .changed: "what you saw isn't what waits now; look at it again"
        case .void(let reason): "it is void: \(reason)"
        case .notEntitled: "you may not agree to this any more"
        case .noWindow: "this wants an answer each time, so it can't stay open"
        case .invalid(let violations):
            "the arguments don't fit: " + violations.map(\.description).joined(separator: "; ")
        case .refused(let findings): "the edited call is refused: " + findings.map(\.sentence).joined(separator: "; ")
        case .tooManyAsks(let count): "\(count) asks wait already"
        case .unavailable(let reason): "nothing was decided: \(reason)"
        }
    }
}

extension ApprovalState {
    /// What became of it, in plain words.
    public var sentence: String { sentence(by: []) }

    /// - Parameter people: who agreed, as far as they are named.
    func sentence(by people: Set<PersonID>) -> String {
        let names = people.sorted().map(\.raw).joined(separator: " and ")
        let approved = "it was approved" + (names.isEmpty ? "" : " by \(names)")
        return switch self {
        case .waiting: "it waits for an answer"
        case .approved: "\(approved) and is about to be carried out"
        case .spent: "\(approved) and is being carried out"
        case .answered: "\(approved); how it ended waits for the client"
        case .delivered: "\(approved), and the agent was told how it ended"
        case .denied(let person, let reason): "\(person) denied it" + (reason.isEmpty ? "" : ": \(reason)")
        case .expired: "nobody answered in time"
        case .void(let reason): "it is void: \(reason)"
        case .replaced(_, let editor): "\(editor) changed the arguments, and that call took its place"
        }
    }
}

extension Approval {
    /// What became of it, and by whom, in plain words for those who may know.
    public var sentence: String { state.sentence(by: yes) }
}
