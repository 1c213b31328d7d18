public import Authority
public import Wire

extension AgentDefinition {
    /// The definition as it is stored. Reading it back gives an equal definition.
    public var json: JSON {
        var object: JSONObject = [
            "owner": .string(owner.raw),
            "users": users.json,
            "slots": .array(slots.map { .string("\($0.provider):\($0.owner.rawValue)") }),
            "tools": .array(tools.map { .string($0) }),
            "deny": .array(deny.map { .string($0) }),
            "restricted": .array(restricted.names.map { .string($0) }),
        ]
        object["actsAs"] = actsAs.map { .string($0.rawValue) }
        object["tier"] = tier.map { .number(JSONNumber($0.rawValue)) }
        object["allow"] = allow.map { .array($0.map { .string($0) }) }
        let lists: [(String, [String])] = [
            ("principals", principals.map(\.raw).sorted()), ("approvers", approvers.map(\.raw).sorted()),
            ("guests", guests), ("ask", ask), ("subjects", subjects.sorted()),
        ]
        for (key, values) in lists where !values.isEmpty { object[key] = .array(values.map { .string($0) }) }
        if !lifts.isEmpty {
            object["lift"] = .array(
                lifts.map { ["tools": .string($0.tools), "destinations": .string($0.destinations.rawValue)] })
        }
        if !grants.isEmpty {
            object["grants"] = .array(
                grants.map {
                    [
                        "principal": .string($0.principal.raw), "person": .string($0.person.raw),
                        "tools": .string($0.tools),
                    ]
                })
        }
        if budget != .unlimited { object["budget"] = budget.json }
        object[ModelSlot.listKey] = models.map { ModelSlot.json($0) }
        return .object(object)
    }

    /// What is stored beside the mandate's keys: shown or kept, and never a ground for a decision.
    public static let aboutKey = "about"

    /// Reads a stored definition. A key that isn't known, or a value of another shape, is an error: nothing is dropped.
    ///
    /// - Throws: `DefinitionProblems`, with everything that is wrong.
    public init(
        json: JSON, organization: OrganizationID, agent: AgentID
    ) throws(DefinitionProblems) {
        var reader = StoredDefinitionReader(object: json.objectValue ?? [:])
        self.init(organization: organization, agent: agent, owner: PersonID(reader.text("owner") ?? ""))
        users = reader.users()
        actsAs = reader.word("actsAs", of: ActsAs.self)
        tier = reader.tier()
        slots = reader.texts("slots").compactMap { reader.slot($0) }
        tools = reader.texts("tools")
        allow = json["allow"] == nil ? nil : reader.texts("allow")
        deny = reader.texts("deny")
        principals = Set(reader.texts("principals").map(PersonID.init))
        approvers = Set(reader.texts("approvers").map(PersonID.init))
        guests = reader.texts("guests")
        ask = reader.texts("ask")
        subjects = reader.addresses("subjects")
        lifts = reader.objects("lift").compactMap { reader.lift($0) }
        grants = reader.objects("grants").compactMap { reader.grant($0) }
        budget = reader.budget()
        restricted = reader.classes()
        models = reader.models()
        reader.skip(AgentDefinition.aboutKey)
        reader.checkKeys()
        guard reader.problems.isEmpty else { throw DefinitionProblems(reader.problems) }
    }
}

extension Users {
    fileprivate var json: JSON {
        switch self {
        case .everyone: "everyone"
        case .only(let people): .array(people.sorted().map { .string($0.raw) })
        }
    }
}

extension Budget {
    fileprivate var json: JSON {
        var object: JSONObject = [:]
        object["callsPerMinute"] = callsPerMinute.map { .number(JSONNumber($0)) }
        object["callsPerDay"] = callsPerDay.map { .number(JSONNumber($0)) }
        object["concurrent"] = concurrent.map { .number(JSONNumber($0)) }
        object["tokensPerDay"] = tokensPerDay.map { .number(JSONNumber($0)) }
        object["tokensPerPersonPerDay"] = tokensPerPersonPerDay.map { .number(JSONNumber($0)) }
        return .object(object)
    }
}
