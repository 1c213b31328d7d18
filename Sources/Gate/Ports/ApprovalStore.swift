public import Authority
public import Wire

/// Approvals and windows, for reading. Changing them is a transaction's.
public protocol ApprovalStore: Sendable {
    func approval(_ id: ApprovalID) async throws -> Approval?
    /// The newest one of this call by this client, whatever its state.
    func approval(asked: Digest) async throws -> Approval?
    /// Of one organization or of all, newest first; those that are `waiting` or `approved` alone, or all.
    func approvals(in organization: OrganizationID?, pending: Bool, limit: Int) async throws -> [Approval]
    /// Takes approvals that are `approved` for this gateway to carry out, the oldest first, along with those that it took
    /// earlier. What another gateway has taken is left out for as long as that one lives.
    func claimApproved(limit: Int) async throws -> [Approval]
    func window(_ id: WindowID) async throws -> GrantWindow?
    /// Of one organization, newest first; those that are open alone, or all.
    func windows(in organization: OrganizationID, open: Bool, limit: Int) async throws -> [GrantWindow]
}

/// What happens to approvals and windows in the store.
public enum ApprovalChange: StoredChange {
    /// Refused as `exists` while a live one of the same call is there, and as `tooManyAsks` over a cap.
    case park(Approval, AskCaps)
    /// Refused as `approval` when the step can't be taken from its state.
    case step(ApprovalID, ApprovalStep)
    /// The call's outcome is known: the approval that it spent, if any, is answered.
    case answered(CallID)
    case open(GrantWindow)
    /// Refused as `window` when it isn't open.
    case window(WindowID, WindowStep)
    /// Voids what is waiting, approved or open and stands on this.
    case void(VoidScope, reason: String)
}

/// How many asks may wait at once, so that an agent can't flood a person.
public struct AskCaps: Sendable, Hashable {
    public let perSource: Int
    public let perApprover: Int

    public init(perSource: Int = 20, perApprover: Int = 100) {
        self.perSource = perSource
        self.perApprover = perApprover
    }

    /// - Throws: `CommitError.tooManyAsks` when one more would be too many.
    public func check(_ approval: Approval, among waiting: [Approval]) throws(CommitError) {
        let ofSource = waiting.count { $0.source == approval.source }
        if ofSource >= perSource { throw .tooManyAsks(ofSource) }
        for person in approval.approvers {
            let ofPerson = waiting.count { $0.approvers.contains(person) }
            if ofPerson >= perApprover { throw .tooManyAsks(ofPerson) }
        }
    }
}

/// What is taken away, and with it the approvals and windows that stand on it.
public enum VoidScope: Sendable, Hashable {
    case everything
    /// What this person asked for, what is done on their behalf, and what only they could agree to.
    case person(OrganizationID, PersonID)
    case agent(OrganizationID, AgentID)
    /// What this person asked of this agent.
    case use(OrganizationID, AgentID, PersonID)
    case client(OrganizationID, ClientID)
    /// What this guest asked for.
    case guest(OrganizationID, SenderID)

    public func covers(_ approval: Approval) -> Bool {
        switch self {
        case .everything: true
        case .person(let organization, let person):
            approval.call.organization == organization
                && (approval.call.concerns(person) || approval.yes.contains(person)
                    || approval.needs.contains([person]))
        case .agent, .use, .client, .guest: covers(approval.call)
        }
    }

    public func covers(_ window: GrantWindow) -> Bool {
        switch self {
        case .everything: true
        case .person(let organization, let person):
            window.call.organization == organization && (window.by == person || window.call.concerns(person))
        case .agent, .use, .client, .guest: covers(window.call)
        }
    }

    private func covers(_ call: ParkedCall) -> Bool {
        switch self {
        case .everything, .person: false
        case .agent(let organization, let agent): call.organization == organization && call.agent == agent
        case .use(let organization, let agent, let person):
            call.organization == organization && call.agent == agent && call.requester.person == person
        case .client(let organization, let client): call.organization == organization && call.client == client
        case .guest(let organization, let sender):
            call.organization == organization && call.requester == .guest(sender)
        }
    }
}

extension ParkedCall {
    fileprivate func concerns(_ person: PersonID) -> Bool { requester.person == person || principal == person }
}
