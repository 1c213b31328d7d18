import Authority
import Wire

extension CorpusWorld {
    /// The facts of a request. What is left out is as harmless as can be; connections are everybody's.
    func request(_ json: JSON, to mandate: Mandate, at place: String) throws(CorpusError) -> Request {
        var fields = try Fields(json, at: place)
        let name = try fields.required("tool", string)
        guard let tool = catalogue.index(of: name) else { throw fields.fail("tool", "no tool is called `\(name)`") }
        let provider = catalogue[tool].provider
        var request = Request(
            organization: try fields.optional("organization", identifier) ?? organization,
            requester: try fields.required("requester", requester),
            trigger: try fields.optional("trigger", named) ?? .call, tool: tool,
            facets: try fields.optional("facets", facets) ?? Facets(),
            standing: try fields.optional("standing", standing) ?? StandingFacts(),
            client: ClientFacts(
                ceiling: try fields.optional("ceiling", list(of: named)).map(EffectSet.init) ?? .all,
                agents: Set(try fields.optional("clientAgents", list(of: identifier)) ?? [mandate.agent])),
            labels: try fields.optional("labels", labels) ?? .fresh,
            connections: try fields.optional("connections", list(of: connection))
                ?? connections.filter { $0.provider == provider })
        if let name = try fields.optional("chosen", string) {
            let account = try fields.optional("chosenAccount", string)
            request.chosen = ChosenAccount(
                connection: ConnectionID(name),
                account: account ?? request.connections.first { $0.id.raw == name }?.account ?? "")
        }
        request.subject = try fields.optional("subject", string)
        request.agreed = try fields.optional("agreed", list(of: capability)).map(Set.init) ?? mandate.capabilities
        if try fields.optional("agreedToNothing", bool) == true { request.agreed = nil }
        request.evidence = try fields.optional("evidence", list(of: evidence)) ?? []
        request.orders = try fields.optional("orders", list(of: order)) ?? []
        request.budget = try fields.optional("used", used) ?? BudgetFacts()
        request.isShared = try fields.optional("isShared", bool) ?? false
        request.editsMemory = try fields.optional("editsMemory", bool) ?? false
        try fields.end()
        return request
    }

    /// `person:NAME`, `guest:SENDER` or `nobody`.
    private func requester(_ json: JSON, _ place: String) throws(CorpusError) -> Requester {
        let text = try string(json, place)
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.count, parts.first) {
        case (1, "nobody"): return .nobody
        case (2, "person"): return .person(PersonID(parts[1]))
        case (2, "guest"): return .guest(SenderID(parts[1]))
        case _:
            throw CorpusError(place: place, message: "expected person:NAME, guest:SENDER or nobody, not `\(text)`")
        }
    }

    private func facets(_ json: JSON, _ place: String) throws(CorpusError) -> Facets {
        var fields = try Fields(json, at: place)
        let facets = Facets(
            destinations: try fields.optional("destinations", list(of: destination)) ?? [],
            subject: try fields.optional("subject", string),
            unexplained: try fields.optional("unexplained", list(of: string)) ?? [])
        try fields.end()
        return facets
    }

    /// `person:NAME`; everything else is outside.
    private func destination(_ json: JSON, _ place: String) throws(CorpusError) -> Destination {
        let text = try string(json, place)
        if case .person(let person) = Owner(text: text) { return .insider(person) }
        return .outsider(text)
    }

    private func standing(_ json: JSON, _ place: String) throws(CorpusError) -> StandingFacts {
        var fields = try Fields(json, at: place)
        let facts = StandingFacts(
            organization: try fields.optional("organization", named) ?? .active,
            agent: try fields.optional("agent", named) ?? .active,
            person: try fields.optional("person", named) ?? .active,
            client: try fields.optional("client", named) ?? .active,
            isStopped: try fields.optional("stopped", bool) ?? false)
        try fields.end()
        return facts
    }

    private func labels(_ json: JSON, _ place: String) throws(CorpusError) -> Labels {
        var fields = try Fields(json, at: place)
        let name = try fields.required("integrity", string)
        guard let integrity = Integrity(name: name) else { throw fields.fail("integrity", "`\(name)` is unknown") }
        let readers = try fields.need("readers")
        let labels = Labels(
            integrity: integrity,
            readers: readers.stringValue == "organization"
                ? .organization : .only(Set(try list(of: identifier)(readers, "\(place).readers"))),
            classes: try fields.optional("classes", classes) ?? [])
        try fields.end()
        return labels
    }

    /// The name of one of the world's connections, or an object with a `name` of its own.
    private func connection(_ json: JSON, _ place: String) throws(CorpusError) -> ConnectionFacts {
        if var object = json.objectValue {
            guard let name = object["name"] else { throw CorpusError(place: place, message: "`name` is missing") }
            object["name"] = nil
            return try ConnectionFacts(name: try string(name, place), .object(object), at: place)
        }
        let name = try string(json, place)
        guard let known = connections.first(where: { $0.id.raw == name }) else {
            throw CorpusError(place: place, message: "no connection is called `\(name)`")
        }
        return known
    }

    private func capability(_ json: JSON, _ place: String) throws(CorpusError) -> Capability {
        var fields = try Fields(json, at: place)
        let capability = Capability(
            provider: try fields.required("provider", identifier), host: try fields.required("host", string),
            effect: try fields.required("effect", named), destinations: try fields.required("destinations", named))
        try fields.end()
        return capability
    }

    /// `approval:NAME`, `window:NAME` or `order:NAME`.
    private func evidence(_ json: JSON, _ place: String) throws(CorpusError) -> Evidence {
        let parts = try string(json, place).split(separator: ":").map(String.init)
        let kinds: [String: Evidence.Kind] = ["approval": .approval, "window": .window, "order": .order]
        guard parts.count == 2, let kind = kinds[parts[0]] else {
            throw CorpusError(place: place, message: "expected approval:NAME, window:NAME or order:NAME")
        }
        return Evidence(kind: kind, by: PersonID(parts[1]))
    }

    /// A standing order that holds, unless it says otherwise.
    private func order(_ json: JSON, _ place: String) throws(CorpusError) -> StandingOrderFacts {
        var fields = try Fields(json, at: place)
        let people = try fields.optional("to", list(of: identifier)) as [PersonID]?
        let facts = StandingOrderFacts(
            order: StandingOrder(
                name: try fields.required("id", string), principal: try fields.required("principal", identifier),
                tools: Set(try fields.required("tools", list(of: string))),
                effects: EffectSet(try fields.required("effects", list(of: named))),
                recipients: .only(Set(people ?? [])), callsPerDay: try fields.optional("callsPerDay", integer) ?? 9,
                until: Timestamp(microseconds: 0)),
            revision: "r1", standing: try fields.optional("standing", named) ?? .live,
            used: try fields.optional("callsToday", integer) ?? 0)
        try fields.end()
        return facts
    }

    private func used(_ json: JSON, _ place: String) throws(CorpusError) -> BudgetFacts {
        var fields = try Fields(json, at: place)
        let facts = BudgetFacts(
            callsThisMinute: try fields.optional("minute", integer) ?? 0,
            callsToday: try fields.optional("day", integer) ?? 0,
            concurrent: try fields.optional("concurrent", integer) ?? 0)
        try fields.end()
        return facts
    }
}
