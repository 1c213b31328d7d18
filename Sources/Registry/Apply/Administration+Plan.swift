public import Authority
public import Definition
import Gate
public import Wire

/// What would be written if a plan were applied now, and what it was read under.
struct PreparedPlan {
    var plan: Plan
    var changes: [any StoredChange] = []
    var bumps: [EpochScope] = []
    var requires: [EpochReading] = []
}

/// How files are taken.
public struct ApplyOptions: Sendable {
    /// Each file is one agent's object alone.
    public var asAgent: Bool
    /// Who owns agents whose files name nobody.
    public var owner: PersonID?
    /// Agents that act with a human's own account may get more users.
    public var acknowledgesOwnAccounts: Bool

    public init(asAgent: Bool = false, owner: PersonID? = nil, acknowledgesOwnAccounts: Bool = false) {
        self.asAgent = asAgent
        self.owner = owner
        self.acknowledgesOwnAccounts = acknowledgesOwnAccounts
    }
}

extension Administration {
    /// What applying the files would change. Writes nothing.
    ///
    /// - Throws: `SourceProblems` with everything that is wrong in the files; `RegistryError` when the state can't be read.
    public func plan(
        _ files: [DefinitionFile], _ options: ApplyOptions, in organization: OrganizationID
    ) async throws -> Plan {
        try await prepare(files, options, organization).plan
    }

    func prepare(
        _ files: [DefinitionFile], _ options: ApplyOptions, _ organization: OrganizationID
    ) async throws -> PreparedPlan {
        let read = try HomeDefinition(reading: files, asAgent: options.asAgent)
        var requires = [reading(.organization(organization)), reading(.sharing(organization))]
        for agent in read.agents {
            requires.append(reading(.agent(organization, agent.id)))
            requires += connectionReadings(of: agent.id, in: organization)
        }
        let known = try await agents(in: organization)
        let tenant = try await requireOrganization(organization)
        let people = try await self.people(in: organization)
        var writer = PlanWriter(
            organization: tenant, shelf: shelf, known: known, people: people,
            sharing: try await self.read { try await store.sharing(in: organization) },
            accounts: try await heldAccounts(in: organization), options: options)
        try await writer.add(
            read, bindings: try await bindings(in: organization))
        guard writer.problems.isEmpty else { throw SourceProblems(writer.problems) }
        var prepared = writer.prepared
        prepared.requires = requires
        return prepared
    }

    /// Applies what was planned, whole or not at all, with one leaf.
    ///
    /// - Parameter expecting: the digest of the plan that was shown; nil applies whatever the plan is now.
    public func apply(
        _ files: [DefinitionFile], _ options: ApplyOptions, expecting: Digest?, by administrator: Administrator,
        in organization: OrganizationID
    ) async throws -> Plan {
        let prepared = try await prepare(files, options, organization)
        let plan = prepared.plan
        if let expecting, expecting != plan.digest {
            throw RegistryError(
                .refused, "the home has changed since this was planned", hint: "look at `deputy plan` again")
        }
        guard !plan.isEmpty else { return plan }
        let warnings = plan.agents.flatMap(\.warnings)
        if !options.acknowledgesOwnAccounts { try warnings.requireAcknowledgement() }
        let leaf = try leaf(
            [
                "change": "definition.applied", "by": .string(administrator.text), "plan": .string(plan.digest.hex),
                "agents": .array(plan.agents.map { .string($0.agent.raw) }),
                "people": .array(plan.people.map { .string($0.raw) }), "bindings": .bool(plan.changesBindings),
                "newly": .array(plan.agents.flatMap(\.sentences).prefix(100).map { .string($0) }),
                "acknowledged": .array(warnings.prefix(100).map { .string($0.sentence) }),
            ], in: organization)
        try await commit(
            Transaction(
                requires: prepared.requires, bumps: prepared.bumps, changes: prepared.changes, leaves: [leaf]))
        return plan
    }

    /// Which messages go to which agent; nil when nothing was ever said.
    public func bindings(in organization: OrganizationID) async throws(RegistryError) -> JSON? {
        try await read { try await store.document("bindings", in: organization) }
    }

    /// The whole organization in the format that `apply` takes.
    public func export(_ organization: OrganizationID) async throws(RegistryError) -> JSON {
        let tenant = try await requireOrganization(organization)
        let agents = try await self.agents(in: organization)
        let people = try await self.people(in: organization)
        var object: JSONObject = [
            "organization": ["name": .string(tenant.name), "domains": .array(tenant.domains.map { .string($0) })],
            "people": .array(people.map(\.exported)), "agents": ["list": .array(agents.map(\.exported))],
        ]
        object["bindings"] = try await bindings(in: organization)
        return .object(object)
    }
}

extension PersonRecord {
    fileprivate var exported: JSON {
        var object: JSONObject = ["id": .string(id.raw), "name": .string(name), "email": .string(email)]
        if !subjects.isEmpty {
            object["subjects"] = .object(
                JSONObject(subjects.sorted { $0.key < $1.key }.map { ($0.key.raw, .string($0.value)) }))
        }
        return .object(object)
    }
}

extension AgentView {
    /// The stored keys as a file gives them.
    fileprivate var exported: JSON {
        var object: JSONObject = ["id": .string(record.id.raw)]
        var tools: JSONObject = [:]
        let about = record.definition[AgentDefinition.aboutKey]
        let unavailable = about?["unavailable"]
        for (key, value) in record.definition.objectValue?.members ?? [] {
            switch key {
            case "tools":
                let all = (value.arrayValue ?? []) + (unavailable?["tools"]?.arrayValue ?? [])
                if !all.isEmpty { tools["use"] = .array(all) }
            case "allow", "deny":
                let more = unavailable?[key]?.arrayValue ?? []
                let all = (value.arrayValue ?? []) + more
                if key == "allow" || !all.isEmpty { tools[key] = .array(all) }
            case AgentDefinition.aboutKey: continue
            default: object[key] = value
            }
        }
        if tools["deny"] == nil, let more = unavailable?["deny"], more.arrayValue?.isEmpty == false {
            tools["deny"] = more
        }
        if !tools.isEmpty { object["tools"] = .object(tools) }
        for (key, value) in about?.objectValue?.members ?? [] where key != "unavailable" { object[key] = value }
        return .object(object)
    }
}
