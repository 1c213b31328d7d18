public import Authority
import Definition
import Gate
public import Wire

extension Administration {
    /// Changes an agent's definition. Somebody in their own session needs the right to edit, and stays within what they
    /// could use themselves.
    ///
    /// What a wider edit newly does with a person's account waits until that person has agreed to it.
    ///
    /// - Parameters:
    ///   - changes: keys of the definition with their new values; null takes a key away.
    ///   - acknowledged: who newly reaches what a human sees, through an account that is really theirs, is meant to.
    ///   - about: the same for what is kept beside the mandate, such as `sandbox`.
    ///   - expecting: the digest of the definition that the changes were made from; nil changes whatever is there.
    public func editAgent(
        _ id: AgentID, changes: JSONObject, about: JSONObject = [:], acknowledged: Bool = false,
        expecting: Digest? = nil, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> AgentView {
        var unmoved = await [
            reading(.agent(organization, id)), reading(.organization(organization)), reading(.sharing(organization)),
        ]
        if let person = administrator.person {
            unmoved.append(await reading(.person(organization, person)))
            try await require(.edit, of: person, on: id, in: organization)
        }
        unmoved += await connectionReadings(of: id, in: organization)
        let view = try await agent(id, in: organization)
        if let expecting, expecting != view.record.definition.digest { throw .crossed }
        var object = view.record.definition.objectValue ?? [:]
        for (key, value) in changes.members { object[key] = value.isNull ? JSON?.none : value }
        let definition = try definition(.object(object), of: id, in: organization)
        if view.definition.actsAs != nil, definition.actsAs != view.definition.actsAs {
            throw RegistryError(
                .refused, "an agent's identity is set once, and `\(id)` has one", hint: "add another agent")
        }
        let mandate = try compiled(definition)
        for person in definition.namedPeople { _ = try await requirePerson(person, in: organization) }
        if let person = administrator.person { try checkBounds(of: person, view, mandate, about) }
        var stored = definition.json.objectValue ?? [:]
        var kept = view.record.definition[AgentDefinition.aboutKey]?.objectValue ?? [:]
        for (key, value) in about.members { kept[key] = value.isNull ? JSON?.none : value }
        var said = kept
        said["unavailable"] = JSON?.none
        try check(about: said, of: id)
        try await requireOneDefault(about, of: id, in: organization)
        if !kept.isEmpty { stored[AgentDefinition.aboutKey] = .object(kept) }
        let record = AgentRecord(
            id: id, organization: organization, definition: .object(stored), standing: view.record.standing)
        let accounts = try await heldAccounts(in: organization)
        let opened = AgentView(record: record, definition: definition, mandate: mandate).unhardened(
            since: view, accounts)
        guard opened.isEmpty else { throw RegistryError(.refused, opened.message(of: id), hint: opened.hint) }
        let warnings = OwnAccounts(of: id, accounts, try await people(in: organization)).warnings(
            of: mandate, since: view.mandate, try await read { try await store.sharing(in: organization) })
        if !acknowledged { try warnings.requireAcknowledgement() }
        let new = mandate.capabilities.subtracting(view.mandate.capabilities).map(\.sentence).sorted()
        try await commit(
            Transaction(
                requires: unmoved, bumps: [.agent(organization, id)], changes: [RegistryChange.replaceAgent(record)],
                leaves: [
                    try leaf(
                        [
                            "change": "agent.edited", "by": .string(administrator.text), "agent": .string(id.raw),
                            "definition": record.definition,
                            "changed": .array(
                                record.definition.keys(differingFrom: view.record.definition).map { .string($0) }),
                            "new": .array(new.map { .string($0) }),
                            "acknowledged": .array(warnings.map { .string($0.sentence) }),
                        ], in: organization)
                ]))
        return AgentView(record: record, definition: definition, mandate: mandate)
    }

    /// - Throws: `refused` with everything that goes beyond what this person may edit.
    private func checkBounds(
        of person: PersonID, _ view: AgentView, _ mandate: Mandate, _ about: JSONObject
    ) throws(RegistryError) {
        let never = beyondAnyEdit(from: view.mandate, to: mandate)
        guard never.isEmpty else {
            throw RegistryError(
                .refused, never.joined(separator: "; "),
                hint: "who uses it is shared (`deputy agents share`); the rest is changed by whoever runs the home")
        }
        guard person != view.definition.owner else { return }
        let beyond =
            beyondEditing(from: view.mandate, to: mandate) + about.keys.map { "only its owner changes `\($0)`" }
        guard beyond.isEmpty else {
            throw RegistryError(.refused, beyond.joined(separator: "; "), hint: "ask `\(view.definition.owner)`")
        }
    }

    /// What is kept beside the mandate is read as strictly as a file.
    func check(about: JSONObject, of agent: AgentID) throws(RegistryError) {
        do throws(DefinitionProblems) {
            try AgentDefinition.check(about: about)
        } catch {
            throw RegistryError(error, of: agent)
        }
    }

    private func definition(
        _ json: JSON, of agent: AgentID, in organization: OrganizationID
    ) throws(RegistryError) -> AgentDefinition {
        do throws(DefinitionProblems) {
            return try AgentDefinition(json: json, organization: organization, agent: agent)
        } catch {
            throw RegistryError(error, of: agent)
        }
    }
}

extension Administrator {
    /// The person, where it is one.
    var person: PersonID? {
        switch self {
        case .person(let person): person
        case .systemUser, .demo, .provider: nil
        }
    }
}
