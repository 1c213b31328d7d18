public import Authority
import Definition
import Gate
public import Wire

/// An agent as it is shown: its definition, and what that comes to.
public struct AgentView: Sendable {
    public let record: AgentRecord
    public let definition: AgentDefinition
    public let mandate: Mandate

    /// The names of the tools that its mandate allows.
    public var tools: [String] { mandate.allowedTools.map(\.name) }
}

extension Administration {
    /// Adds an agent from the keys that its owner gave. What is left out has the defaults of a new definition, so that
    /// the stored one says everything.
    public func addAgent(
        _ id: AgentID, owner: PersonID, definition given: JSONObject, by administrator: Administrator,
        in organization: OrganizationID
    ) async throws(RegistryError) -> AgentView {
        var object = given
        let defaults = AgentDefinition(organization: organization, agent: id, owner: owner).json
        for (key, value) in defaults.objectValue?.members ?? [] where object[key] == nil { object[key] = value }
        let definition: AgentDefinition
        do throws(DefinitionProblems) {
            definition = try AgentDefinition(json: .object(object), organization: organization, agent: id)
        } catch {
            throw RegistryError(error, of: id)
        }
        return try await addAgent(definition, about: given[AgentDefinition.aboutKey], by: administrator)
    }

    /// Adds an agent. Its definition is compiled first, so that nothing wrong is ever stored.
    ///
    /// - Parameter about: what is kept beside the mandate's keys.
    public func addAgent(
        _ definition: AgentDefinition, about: JSON? = nil, by administrator: Administrator
    ) async throws(RegistryError) -> AgentView {
        try check(about: about?.objectValue ?? [:], of: definition.agent)
        if about?[Schedule.listKey] != nil {
            throw RegistryError(
                .invalid, "schedules can't be set here", hint: "write them into a file for `deputy apply`")
        }
        try await requireOneDefault(about?.objectValue ?? [:], of: definition.agent, in: definition.organization)
        return try await again { () async throws(RegistryError) in
            try await addOnce(definition, about: about, under: [], by: administrator)
        }
    }

    /// - Parameter first: the agent that it is a copy of.
    func addOnce(
        _ definition: AgentDefinition, about: JSON?, from first: AgentID? = nil, under unmoved: [EpochReading],
        by administrator: Administrator
    ) async throws(RegistryError) -> AgentView {
        try checkName(definition.agent.raw, what: "an agent")
        let unmoved = await unmoved + [reading(.organization(definition.organization))]
        _ = try await requireOrganization(definition.organization)
        let owner = try await requirePerson(definition.owner, in: definition.organization)
        guard owner.standing != .removed else {
            throw RegistryError(.refused, "`\(owner.id)` has left", hint: "somebody else has to be its owner")
        }
        for person in definition.namedPeople { _ = try await requirePerson(person, in: definition.organization) }
        let mandate = try compiled(definition)
        var stored = definition.json.objectValue ?? [:]
        stored[AgentDefinition.aboutKey] = about
        let record = AgentRecord(
            id: definition.agent, organization: definition.organization, definition: .object(stored),
            standing: .active)
        var fields: JSONObject = ["agent": .string(definition.agent.raw), "definition": record.definition]
        fields["from"] = first.map { .string($0.raw) }
        try await change(
            [.addAgent(record)], under: unmoved,
            bumping: [.agent(definition.organization, definition.agent), .sharing(definition.organization)],
            "agent.added", fields, by: administrator, in: definition.organization)
        return AgentView(record: record, definition: definition, mandate: mandate)
    }

    /// Sets an agent's identity. Once: afterwards it never changes.
    public func setIdentity(
        _ actsAs: ActsAs, of agent: AgentID, tier: Tier?, principals: Set<PersonID>,
        by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> AgentView {
        try await again { () async throws(RegistryError) in
            try await setIdentityOnce(
                actsAs, of: agent, tier: tier, principals: principals, by: administrator, in: organization)
        }
    }

    private func setIdentityOnce(
        _ actsAs: ActsAs, of agent: AgentID, tier: Tier?, principals: Set<PersonID>,
        by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> AgentView {
        let unmoved = await [reading(.agent(organization, agent)), reading(.organization(organization))]
        let view = try await self.agent(agent, in: organization)
        var definition = view.definition
        let about = view.record.definition[AgentDefinition.aboutKey]
        if let already = definition.actsAs {
            throw RegistryError(
                .refused, "`\(agent)` is \(already == .assistant ? "an" : "a") \(already.rawValue), and stays one",
                hint: "an agent's identity is set once; add another agent")
        }
        definition.actsAs = actsAs
        definition.tier = tier
        definition.principals = principals
        for person in principals { _ = try await requirePerson(person, in: organization) }
        let mandate = try compiled(definition)
        var stored = definition.json.objectValue ?? [:]
        stored[AgentDefinition.aboutKey] = about
        let record = AgentRecord(
            id: agent, organization: organization, definition: .object(stored), standing: view.record.standing)
        try await change(
            [.replaceAgent(record)], under: unmoved, bumping: [.agent(organization, agent)], "agent.identity",
            ["agent": .string(agent.raw), "actsAs": .string(actsAs.rawValue)], by: administrator, in: organization)
        return AgentView(record: record, definition: definition, mandate: mandate)
    }

    /// Suspends an agent or lets it act again.
    ///
    /// A suspension stands whatever else changes at the same time. An agent that changes while it is let act again stays
    /// as it is: that change may be somebody's suspension.
    public func setStanding(
        _ standing: Standing, of id: AgentID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> AgentView {
        switch standing {
        case .active: try await setStandingOnce(standing, of: id, by: administrator, in: organization)
        case .suspended, .removed, .expired:
            try await again { () async throws(RegistryError) in
                try await setStandingOnce(standing, of: id, by: administrator, in: organization)
            }
        }
    }

    private func setStandingOnce(
        _ standing: Standing, of id: AgentID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> AgentView {
        let unmoved = await [reading(.agent(organization, id))]
        let view = try await agent(id, in: organization)
        let record = AgentRecord(
            id: id, organization: organization, definition: view.record.definition, standing: standing)
        try await change(
            [.replaceAgent(record)], under: unmoved, bumping: [.agent(organization, id)],
            standing == .active ? "agent.resumed" : "agent.suspended", ["agent": .string(id.raw)],
            by: administrator, in: organization)
        return AgentView(record: record, definition: view.definition, mandate: view.mandate)
    }

    public func agents(in organization: OrganizationID) async throws(RegistryError) -> [AgentView] {
        var views: [AgentView] = []
        for record in try await read({ try await store.agents(in: organization) }) {
            views.append(try view(of: record))
        }
        return views
    }

    public func agent(_ id: AgentID, in organization: OrganizationID) async throws(RegistryError) -> AgentView {
        try view(of: try await requireAgent(id, in: organization))
    }

    func view(of record: AgentRecord) throws(RegistryError) -> AgentView {
        let definition: AgentDefinition
        do throws(DefinitionProblems) {
            definition = try AgentDefinition(
                json: record.definition, organization: record.organization, agent: record.id)
        } catch {
            throw RegistryError(error, of: record.id)
        }
        return AgentView(record: record, definition: definition, mandate: try compiled(definition))
    }

    func compiled(_ definition: AgentDefinition) throws(RegistryError) -> Mandate {
        do throws(DefinitionProblems) {
            return try Mandate(compiling: definition, with: shelf.catalogue)
        } catch {
            throw RegistryError(error, of: definition.agent)
        }
    }
}

extension AgentDefinition {
    /// Everybody whom it names, but for its owner.
    var namedPeople: Set<PersonID> {
        peopleByKey.filter { $0.key != "owner" }.reduce(into: []) { $0.formUnion($1.people) }
    }

    /// Everybody whom it names, by the key that does.
    var peopleByKey: [(key: String, people: Set<PersonID>)] {
        let named: Set<PersonID> =
            switch users {
            case .everyone: []
            case .only(let people): people
            }
        return [
            ("owner", [owner]), ("users", named), ("principals", principals), ("approvers", approvers),
            ("grants", Set(grants.flatMap { [$0.principal, $0.person] })),
        ]
    }
}

extension RegistryError {
    init(_ problems: DefinitionProblems, of agent: AgentID) {
        let lines = problems.problems.map { problem in
            "`\(problem.place)`: \(problem.message)" + (problem.hint.map { " (\($0))" } ?? "")
        }
        self.init(.invalid, "the definition of `\(agent)` is wrong: " + lines.joined(separator: "; "))
    }
}
