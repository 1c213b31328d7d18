/// Everything that an agent is authorised to do, compiled from its definition. Immutable; an edit is a new mandate.
public struct Mandate: Sendable {
    public let definition: AgentDefinition
    public let catalogue: ToolCatalogue
    /// What using this agent comes to, tool by tool. A person's agreement is to a set of these.
    public let capabilities: Set<Capability>

    let allowed: BitSet
    let denied: BitSet
    let guests: BitSet
    let asked: BitSet
    /// Lifted obligations, by class of destination. Nothing can be lifted for outsiders.
    let liftedForNobody: BitSet
    let liftedForInsiders: BitSet
    let grants: [CompiledGrant]
    /// The slot of each tool, by tool index.
    let slots: [Slot?]

    struct CompiledGrant: Sendable {
        let principal: PersonID
        let person: PersonID
        let tools: BitSet
    }

    public var agent: AgentID { definition.agent }
    public var organization: OrganizationID { definition.organization }
    public var owner: PersonID { definition.owner }

    /// The person on whose behalf the agent acts for this requester. Resolved here alone; nobody can name another.
    ///
    /// A delegate asked by somebody who isn't its principal acts for its only principal, or for nobody.
    public func principal(for requester: Requester) -> PersonID? {
        switch definition.actsAs {
        case .none, .claw: nil
        case .assistant: requester.person
        case .delegate:
            if let person = requester.person, definition.principals.contains(person) {
                person
            } else {
                definition.principals.count == 1 ? definition.principals.first : nil
            }
        }
    }

    /// Who agrees by default: for an assistant the principal, for a claw its owner or an approver but never the
    /// requester unless they own it, for a delegate the principal.
    public func approvers(for requester: Requester) -> Set<PersonID> {
        switch definition.actsAs {
        case .none:
            return []
        case .assistant, .delegate:
            return principal(for: requester).map { [$0] } ?? []
        case .claw:
            var people = definition.approvers
            if let person = requester.person { people.remove(person) }
            people.insert(owner)
            return people
        }
    }

    /// What the tool policy allows, before anything else is asked.
    public var allowedTools: [ToolSpec] {
        catalogue.tools.enumerated().filter { allowed.contains($0.offset) && !denied.contains($0.offset) }.map(
            \.element)
    }

    /// The slot that a tool's credential comes from; nil when the agent declares none for its provider.
    public func slot(of tool: ToolIndex) -> Slot? { slots[tool.value] }

    /// The only owner whose connection may fill a slot for this requester; nil when there is no such owner.
    public func owner(of slot: Slot, for requester: Requester) -> Owner? {
        switch slot.owner {
        case .agent: .agent(agent)
        case .person: principal(for: requester).map(Owner.person)
        }
    }
}

/// One thing that using an agent comes to: this effect at this provider, towards this class of destination.
public struct Capability: Hashable, Sendable {
    public let provider: ProviderID
    public let host: String
    public let effect: Effect
    public let destinations: DestinationClass

    public init(provider: ProviderID, host: String, effect: Effect, destinations: DestinationClass) {
        self.provider = provider
        self.host = host
        self.effect = effect
        self.destinations = destinations
    }
}
