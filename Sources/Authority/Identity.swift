/// An agent's one identity: with whose credentials it acts. Set once, then fixed.
public enum ActsAs: String, Sendable, CaseIterable {
    /// Acts for its requester, with that person's own connections.
    case assistant
    /// Acts as itself with its own fixed connections, whoever asks.
    case claw
    /// A claw with accounts of its own at the identity provider, a list of principals, and a tier.
    case delegate
}

/// A delegate's capability tier.
public enum Tier: Int, Sendable, CaseIterable, Comparable {
    /// Read and draft.
    case one = 1
    /// Send and create, on a principal's request.
    case two = 2
    /// Unattended, under standing orders.
    case three = 3

    public static func < (left: Tier, right: Tier) -> Bool { left.rawValue < right.rawValue }

    /// The effects that this tier may have at all.
    public var effects: EffectSet {
        switch self {
        case .one: [.read, .draft]
        case .two, .three: [.read, .draft, .send, .create]
        }
    }
}

/// Who caused this turn.
public enum Requester: Hashable, Sendable {
    case person(PersonID)
    case guest(SenderID)
    case nobody

    public var person: PersonID? {
        switch self {
        case .person(let person): person
        case .guest, .nobody: nil
        }
    }
}

/// What started the turn.
public enum Trigger: String, Sendable, CaseIterable {
    case message, call, schedule, event

    /// Whether somebody is there who asked for this.
    public var isAttended: Bool {
        switch self {
        case .message, .call: true
        case .schedule, .event: false
        }
    }
}
