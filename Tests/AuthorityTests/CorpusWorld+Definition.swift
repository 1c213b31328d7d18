import Authority
import Wire

extension CorpusWorld {
    /// An agent by its name, or one that is written out; `like` takes over another's keys.
    func definition(_ json: JSON, at place: String) throws(CorpusError) -> AgentDefinition {
        if let name = json.stringValue {
            return try definition(named: name, changed: JSONObject(), at: place)
        }
        guard var changes = json.objectValue else {
            throw CorpusError(place: place, message: "expected the name of an agent, or an object")
        }
        guard let like = changes["like"] else { throw CorpusError(place: "\(place).like", message: "is missing") }
        changes["like"] = nil
        return try definition(named: try string(like, "\(place).like"), changed: changes, at: place)
    }

    private func definition(
        named name: String, changed changes: JSONObject, at place: String
    ) throws(CorpusError) -> AgentDefinition {
        guard var object = agents[name]?.objectValue else {
            throw CorpusError(place: place, message: "no agent is called `\(name)`")
        }
        for (key, value) in changes.members { object[key] = value.isNull ? JSON?.none : value }
        var fields = try Fields(.object(object), at: place)
        var definition = AgentDefinition(
            organization: organization, agent: AgentID(name), owner: try fields.required("owner", identifier))
        definition.actsAs = try fields.optional("actsAs", named)
        if let tier = try fields.optional("tier", integer) {
            guard let tier = Tier(rawValue: tier) else { throw fields.fail("tier", "expected 1, 2 or 3") }
            definition.tier = tier
        }
        definition.principals = Set(try fields.optional("principals", list(of: identifier)) ?? [])
        definition.users = try fields.optional("users", users) ?? definition.users
        definition.approvers = Set(try fields.optional("approvers", list(of: identifier)) ?? [])
        definition.slots = try fields.optional("slots", list(of: slot)) ?? []
        definition.tools = try fields.optional("tools", list(of: string)) ?? []
        definition.allow = try fields.optional("allow", list(of: string))
        definition.deny = try fields.optional("deny", list(of: string)) ?? []
        definition.guests = try fields.optional("guests", list(of: string)) ?? []
        definition.ask = try fields.optional("ask", list(of: string)) ?? []
        definition.lifts = try fields.optional("lifts", list(of: lift)) ?? []
        definition.grants = try fields.optional("grants", list(of: grant)) ?? []
        definition.budget = try fields.optional("budget", budget) ?? .unlimited
        definition.restricted = try fields.optional("restricted", classes) ?? definition.restricted
        definition.subjects = Set(try fields.optional("subjects", list(of: string)) ?? [])
        try fields.end()
        return definition
    }

    private func users(_ json: JSON, _ place: String) throws(CorpusError) -> Users {
        json.stringValue == "everyone" ? .everyone : .only(Set(try list(of: identifier)(json, place)))
    }

    /// `PROVIDER:person` or `PROVIDER:agent`.
    private func slot(_ json: JSON, _ place: String) throws(CorpusError) -> Slot {
        let parts = try string(json, place).split(separator: ":").map(String.init)
        guard parts.count == 2, let owner = SlotOwner(rawValue: parts[1]) else {
            throw CorpusError(place: place, message: "expected PROVIDER:person or PROVIDER:agent")
        }
        return Slot(provider: ProviderID(parts[0]), owner: owner)
    }

    private func lift(_ json: JSON, _ place: String) throws(CorpusError) -> Lift {
        var fields = try Fields(json, at: place)
        let lift = Lift(
            tools: try fields.required("tools", string), destinations: try fields.required("destinations", named))
        try fields.end()
        return lift
    }

    private func grant(_ json: JSON, _ place: String) throws(CorpusError) -> NamedGrant {
        var fields = try Fields(json, at: place)
        let grant = NamedGrant(
            principal: try fields.required("principal", identifier), person: try fields.required("person", identifier),
            tools: try fields.required("tools", string))
        try fields.end()
        return grant
    }

    private func budget(_ json: JSON, _ place: String) throws(CorpusError) -> Budget {
        var fields = try Fields(json, at: place)
        let budget = Budget(
            callsPerMinute: try fields.optional("minute", integer), callsPerDay: try fields.optional("day", integer),
            concurrent: try fields.optional("concurrent", integer))
        try fields.end()
        return budget
    }

    func classes(_ json: JSON, _ place: String) throws(CorpusError) -> DataClasses {
        var classes: DataClasses = []
        for name in try list(of: string)(json, place) {
            guard let found = DataClasses.named.first(where: { $0.name == name }) else {
                throw CorpusError(place: place, message: "no class of data is called `\(name)`")
            }
            classes.insert(found.value)
        }
        return classes
    }
}
