import Authority
import Definition
import Gate
import Wire

extension Administration {
    /// Takes a person who leaves out of every agent's definition, and gives those that are theirs to somebody else.
    ///
    /// - Throws: `refused` when one is theirs and nobody gets it.
    func handOver(
        from person: PersonID, to heir: PersonID?, _ edit: inout SharingEdit, by administrator: Administrator
    ) async throws(RegistryError) -> [Offboarding.Agent] {
        let organization = edit.organization
        var agents: [Offboarding.Agent] = []
        var orphans: [AgentID] = []
        for record in try await read({ try await store.agents(in: organization) }) {
            let scope = EpochScope.agent(organization, record.id)
            // Of those that don't name them too: somebody may be about to.
            edit.transaction.requires.append(await reading(scope))
            let view = try await agent(record.id, in: organization)
            let isOwner = view.definition.owner == person
            let keys = view.definition.peopleByKey.filter { $0.key != "owner" && $0.people.contains(person) }.map(\.key)
            guard isOwner || !keys.isEmpty else { continue }
            if isOwner, heir == nil {
                orphans.append(record.id)
                continue
            }
            let next = try handedOver(view, from: person, to: heir)
            edit.transaction.bumps.append(scope)
            edit.transaction.changes.append(RegistryChange.replaceAgent(next))
            let isSuspended = next.standing != view.record.standing
            var fields: JSONObject = [
                "change": "agent.person-left", "by": .string(administrator.text), "agent": .string(record.id.raw),
                "person": .string(person.raw), "definition": next.definition,
                "changed": .array((isOwner ? ["owner"] + keys : keys).map { .string($0) }),
            ]
            if isSuspended { fields["suspended"] = true }
            edit.transaction.leaves.append(try leaf(fields, in: organization))
            agents.append(
                Offboarding.Agent(id: record.id, owner: isOwner ? heir : nil, keys: keys, isSuspended: isSuspended))
        }
        guard orphans.isEmpty else {
            throw RegistryError(
                .refused, "`\(person)` owns \(orphans.map { "`\($0)`" }.joined(separator: ", "))",
                hint: "say who gets \(orphans.count == 1 ? "it" : "them") with `--agents-to PERSON`")
        }
        return agents
    }

    /// The agent without the person. Where its definition is none without them, it is suspended as it is, but for what they
    /// granted and were granted.
    private func handedOver(
        _ view: AgentView, from person: PersonID, to heir: PersonID?
    ) throws(RegistryError) -> AgentRecord {
        var definition = view.definition
        if definition.owner == person, let heir { definition.owner = heir }
        definition.grants.removeAll { $0.person == person || $0.principal == person }
        if case .only(let people) = definition.users { definition.users = .only(people.subtracting([person])) }
        definition.approvers.remove(person)
        var standing = view.record.standing
        let kept = definition
        definition.principals.remove(person)
        if (try? compiled(definition)) == nil {
            definition = kept
            standing = .suspended
        }
        var stored = definition.json.objectValue ?? [:]
        stored[AgentDefinition.aboutKey] = view.record.definition[AgentDefinition.aboutKey]
        return AgentRecord(
            id: view.record.id, organization: view.record.organization, definition: .object(stored),
            standing: standing)
    }
}
