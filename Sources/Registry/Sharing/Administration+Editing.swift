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
    public func editAgent(
        _ id: AgentID, changes: JSONObject, about: JSONObject = [:], acknowledged: Bool = false,
        by administrator: Administrator,
        in organization: OrganizationID
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
        var object = view.record.definition.objectValue ?? [:]
        for (key, value) in changes.members { object[key] = value.isNull ? JSON?.none : value }
        let definition = try definition(.object(object), of: id, in: organization)
        if view.definition.actsAs != nil, definition.actsAs != view.definition.actsAs {
            throw RegistryError(
                .refused, "an agent's identity is set once, and `\(id)` has one", hint: "add another agent")
        }
        let mandate = try compiled(definition)
        for person in definition.namedPeople { _ = try await requirePerson(person, in: organization) }
        if let person = administrator.person, person != view.definition.owner {
            let beyond =
                beyondEditing(from: view.mandate, to: mandate)
                + about.keys.map { "only its owner changes `\($0)`" }
            guard beyond.isEmpty else {
                throw RegistryError(.refused, beyond.joined(separator: "; "), hint: "ask `\(view.definition.owner)`")
            }
        }
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

    /// What is kept beside the mandate is read as strictly as a file.
    func check(about: JSONObject, of agent: AgentID) throws(RegistryError) {
        do throws(DefinitionProblems) {
            try AgentDefinition.check(about: about)
        } catch {
            throw RegistryError(error, of: agent)
        }
    }

    /// An agent that this person may not even use, and one that isn't there, answer alike.
    func require(
        _ right: ShareRight, of person: PersonID, on agent: AgentID, in organization: OrganizationID
    ) async throws(RegistryError) {
        let standing = try await requirePerson(person, in: organization).standing
        let rights = try await rights(of: person, on: agent, in: organization)
        if standing == .active, rights.contains(right) { return }
        guard standing != .active || rights.isEmpty else {
            throw RegistryError(
                .refused, "`\(person)` has no right to \(right.words) `\(agent)`", hint: "ask its owner to share it so")
        }
        throw RegistryError(.unknown, "no agent is called `\(agent)`")
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
