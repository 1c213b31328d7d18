/// Which partitions of an agent's memory one call may see and add to. It comes from who is authenticated: no model, argument
/// or client has a say in it.
public struct MemoryScope: Hashable, Sendable {
    public let organization: OrganizationID
    public let agent: AgentID
    /// Who is told. Nil when nobody asked, or nobody who is known.
    public let reader: PersonID?
    /// Everything that may be recalled.
    public let reads: [MemoryPartition]
    /// What of it may be added to by the reader's word alone.
    public let writes: [MemoryPartition]
    /// Whether something may become the agent's own memory, once those have agreed who have to.
    public let mayTeach: Bool
}

extension Mandate {
    /// A guest has no memory. Without a requester there is the agent's own at the most. A thread with an assistant belongs to
    /// one person even where others write in it; a claw's is everybody's who writes there. A delegate remembers for who asks,
    /// not for its principal.
    public func memory(for requester: Requester, through client: ClientID) -> MemoryScope {
        let own: (reads: [MemoryPartition], writes: [MemoryPartition], mayTeach: Bool) =
            switch (definition.actsAs, requester) {
            case (nil, _), (_, .guest), (.assistant, .nobody): ([], [], false)
            case (.claw, .nobody), (.delegate, .nobody): ([.agent], [], true)
            case (.assistant, .person(let person)):
                ([.agent, .person(person), .thread(client, person)], [.person(person), .thread(client, person)], true)
            case (.claw, .person(let person)), (.delegate, .person(let person)):
                ([.agent, .person(person), .thread(client, nil)], [.person(person), .thread(client, nil)], true)
            }
        return MemoryScope(
            organization: organization, agent: agent, reader: requester.person, reads: own.reads, writes: own.writes,
            mayTeach: own.mayTeach)
    }
}
