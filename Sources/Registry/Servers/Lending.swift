public import Authority
public import Gate

/// Who has a server asked for its tools, which decides whose credential may go along. A person's own goes along when they ask
/// themselves, and when a call of theirs has just gone out with it; never for an operator or the clock.
public enum Lending: Sendable, Hashable {
    /// An operator: with the connection of this agent; nil means the only agent that has one.
    case operation(Administrator, as: AgentID?)
    /// The clock: with the connection of an agent, if any has one.
    case clock
    /// A person, in their own session, with their own connection.
    case own(PersonID, ConnectionID)
    /// A call that a server has just answered, with the connection that it went out with.
    case call(CallID, ConnectionID)

    /// As leaves name who asked.
    var by: String {
        switch self {
        case .operation(let administrator, _): administrator.text
        case .clock, .call: "gateway"
        case .own(let person, _): Administrator.person(person).text
        }
    }

    /// What is lent is looked at once more before it is used.
    func mayUse(_ lent: LentConnection) -> Bool {
        switch (self, lent.owner) {
        case (.operation(_, let agent?), let owner): owner == .agent(agent)
        case (.operation(_, .none), .agent), (.clock, .agent): true
        case (.operation(_, .none), .person), (.clock, .person), (.operation(_, .none), .organization),
            (.clock, .organization):
            false
        case (.own(let person, let id), let owner): owner == .person(person) && lent.id == id
        case (.call(_, let id), _): lent.id == id
        }
    }

    /// Whether tools that aren't listed any more are taken away. A list may be shorter for another credential, or for a
    /// moment, so that only an operator who looks at it may mean that.
    var isWithdrawing: Bool {
        switch self {
        case .operation: true
        case .clock, .own, .call: false
        }
    }
}

/// A connection that goes along when a server is asked for its tools.
public struct LentConnection: Sendable, Hashable {
    public let id: ConnectionID
    public let owner: Owner

    public init(id: ConnectionID, owner: Owner) {
        self.id = id
        self.owner = owner
    }

    /// As leaves name whose it is.
    public var ownerText: String {
        switch owner {
        case .person(let person): "person:\(person)"
        case .agent(let agent): "agent:\(agent)"
        case .organization: "organization"
        }
    }
}
