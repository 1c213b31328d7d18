public import Authority
import Definition
import Gate
import Wire

extension Administration {
    /// Copies an agent's definition under another name and identity. Connections, what sessions have seen, grants, windows,
    /// tokens and paths of state aren't copied; the first one's identity stays as it is.
    public func clone(
        _ id: AgentID, as name: AgentID, _ actsAs: ActsAs, owner: PersonID?, tier: Tier?, principals: Set<PersonID>,
        by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> AgentView {
        try await again { () async throws(RegistryError) in
            try await cloneOnce(
                id, as: name, actsAs, owner: owner, tier: tier, principals: principals, by: administrator,
                in: organization)
        }
    }

    private func cloneOnce(
        _ id: AgentID, as name: AgentID, _ actsAs: ActsAs, owner: PersonID?, tier: Tier?, principals: Set<PersonID>,
        by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> AgentView {
        // What ends a person's right to clone bumps their epoch.
        let editor: [EpochScope] = administrator.person.map { [.person(organization, $0)] } ?? []
        let unmoved = await readings(of: [.agent(organization, id)] + editor)
        if let person = administrator.person {
            try await require(.clone, of: person, on: id, in: organization)
            try await requireRoom(for: person, acting: principals, in: organization)
        }
        let view = try await agent(id, in: organization)
        let source = view.definition
        var copy = source
        copy.agent = name
        copy.owner = owner ?? source.owner
        if let person = administrator.person {
            copy.owner = person
            copy.users = .only([person])
        }
        // Whom the first one's owner trusts, and what they waived, says nothing about this one.
        copy.approvers = []
        copy.lifts = []
        copy.guests = []
        copy.subjects = []
        copy.actsAs = actsAs
        copy.grants = []
        copy.tier = tier
        copy.principals = principals
        copy.slots = source.slots.map { slot in
            switch actsAs {
            case .assistant: slot
            case .claw, .delegate: Slot(provider: slot.provider, owner: .agent)
            }
        }
        // Agents never share state, and only one is anybody's default.
        var about = view.record.definition[AgentDefinition.aboutKey]?.objectValue ?? [:]
        for key in ["workspace", "agentDir", "default", Schedule.listKey] { about[key] = JSON?.none }
        return try await addOnce(
            copy, about: about.isEmpty ? nil : .object(about), from: id, under: unmoved, by: administrator)
    }

    /// What somebody makes for themselves acts for nobody else, and one person's agents are bounded.
    private func requireRoom(
        for person: PersonID, acting principals: Set<PersonID>, in organization: OrganizationID
    ) async throws(RegistryError) {
        guard principals.isSubset(of: [person]) else {
            throw RegistryError(
                .refused, "a copy of yours can't act for somebody else", hint: "name yourself with `--principal`")
        }
        let owned = try await read { try await store.agents(in: organization) }.count {
            $0.definition["owner"]?.stringValue == person.raw
        }
        guard owned < Administration.mostOwned else {
            throw RegistryError(
                .refused, "you own \(owned) agents already", hint: "whoever runs the home can copy it for you")
        }
    }

    private static let mostOwned = 100
}
