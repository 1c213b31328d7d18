import Authority
import Wire

extension SourceReader {
    private static let orderKeys = ["id", "principal", "tools", "effects", "to", "callsPerDay", "until"]
    /// Calls of one order on one day.
    private static let mostCalls: Int64 = 10_000

    func order(_ node: JSON5Node) -> WrittenOrder? {
        let count = problems.count
        guard let object = object(node, keys: Self.orderKeys, what: "an order") else { return nil }
        let name = object.requiredText("id")
        if let name, !PlainName.isPlain(name), let node = object["id"] {
            problem(
                "`\(name)` can't be the name of an order", at: node.position,
                hint: "use 1 to 64 lower-case letters, digits, `-` and `_`, a letter or digit first")
        }
        let principal = object.requiredText("principal")
        let tools = object.required("tools") == nil ? [] : object.texts("tools")
        let effects = effects(object)
        let recipients = recipients(object)
        let calls = calls(object)
        let until = until(object)
        guard problems.count == count, let name, let principal, let calls, let until else { return nil }
        let places = object.members.map { ($0.key, place($0.node.position)) }
        return WrittenOrder(
            name: name, principal: PersonID(principal), tools: tools, effects: effects, recipients: recipients,
            callsPerDay: calls, until: until, place: place(node.position),
            places: Dictionary(places) { first, _ in first })
    }

    private func effects(_ object: SourceObject) -> EffectSet {
        let known = Tier.three.effects
        guard object.required("effects") != nil else { return [] }
        var effects: EffectSet = []
        for node in object.items("effects") {
            guard let effect = word(node, of: Effect.self, what: "an effect") else { continue }
            guard known.contains(effect) else {
                problem(
                    "a tier 3 delegate may not \(effect.rawValue)", at: node.position,
                    hint: "one of `read`, `draft`, `send`, `create`")
                continue
            }
            effects.formUnion(EffectSet(effect))
        }
        return effects
    }

    /// `to: "insiders"`, or people by name; nobody without it.
    private func recipients(_ object: SourceObject) -> StandingOrder.Recipients {
        guard let node = object["to"] else { return .only([]) }
        if case .string("insiders") = node.value { return .insiders }
        guard case .array = node.value else {
            problem("`to` must be `\"insiders\"` or a list of people", at: node.position)
            return .only([])
        }
        return .only(Set(object.texts("to").map { PersonID($0) }))
    }

    private func calls(_ object: SourceObject) -> Int? {
        guard let node = object.required("callsPerDay") else { return nil }
        guard let number = node.json.integerValue, (1...Self.mostCalls).contains(number) else {
            problem("`callsPerDay` must be a whole number from 1 to \(Self.mostCalls)", at: node.position)
            return nil
        }
        return Int(number)
    }

    private func until(_ object: SourceObject) -> Timestamp? {
        guard let node = object.required("until"), let text = text(node, what: "`until`") else { return nil }
        guard let wall = Timing.wallTime(text.utf8.count == 10 ? text + "T00:00" : text) else {
            problem(
                "`\(text)` isn't a time", at: node.position, hint: "write `2026-12-31`, which is 0:00 UTC of that day")
            return nil
        }
        return Timestamp(microseconds: wall * 1_000_000)
    }
}
