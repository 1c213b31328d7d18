public import Authority
public import Gate

extension Administration {
    /// What a person may do with an agent: everything for its owner, else what was shared, and use where it lists them.
    /// Nothing at one that isn't there.
    public func rights(
        of person: PersonID, on agent: AgentID, in organization: OrganizationID
    ) async throws(RegistryError) -> Set<ShareRight> {
        guard let record = try await read({ try await store.agent(agent, in: organization) }) else { return [] }
        let definition = try view(of: record).definition
        guard definition.owner != person else { return Set(ShareRight.allCases) }
        let shared = try await read { try await store.sharing(in: organization) }.rights(of: person, on: agent)
        return definition.lists(person) ? shared.union([.use]) : shared
    }

    /// Whether a person may use an agent over a token, which is in no channel's place.
    func usesEverywhere(
        _ person: PersonID, _ agent: AgentID, in organization: OrganizationID
    ) async throws(RegistryError) -> Bool {
        guard let record = try await read({ try await store.agent(agent, in: organization) }) else { return false }
        if try view(of: record).definition.lists(person) { return true }
        return try await read { try await store.sharing(in: organization) }.reach(of: person, on: agent) == .everywhere
    }

    /// Asks whether a person may change what an agent remembers now.
    ///
    /// - Returns: the epochs that say so. The change is committed under them, so that it is right when it happens.
    /// - Throws: `refused` for somebody who may only use it; for everybody else it isn't there (`unknown`).
    public func requireMemoryEditor(
        _ person: PersonID, of agent: AgentID, in organization: OrganizationID
    ) async throws(RegistryError) -> [EpochReading] {
        let epochs = await readings(of: [.agent(organization, agent), .person(organization, person)])
        try await require(.editMemory, of: person, on: agent, in: organization)
        return epochs
    }

    /// An agent that this person may not even use, and one that isn't there, answer alike.
    ///
    /// - Throws: `refused` for somebody who may do something else with it; for everybody else it isn't there (`unknown`).
    public func require(
        _ right: ShareRight, of person: PersonID, on agent: AgentID, in organization: OrganizationID
    ) async throws(RegistryError) {
        let standing = try await read { try await store.person(person, in: organization) }?.standing
        let rights = standing == .active ? try await rights(of: person, on: agent, in: organization) : []
        if rights.contains(right) { return }
        guard rights.isEmpty else {
            throw RegistryError(
                .refused, "`\(person)` has no right to \(right.words) `\(agent)`", hint: "ask its owner to share it so")
        }
        throw RegistryError(.unknown, "no agent is called `\(agent)`", hint: "or it isn't shared with you")
    }
}

extension ShareRight {
    fileprivate var words: String {
        switch self {
        case .use: "use"
        case .edit: "edit"
        case .editMemory: "edit the memory of"
        case .clone: "clone"
        }
    }
}
