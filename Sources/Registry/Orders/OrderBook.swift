public import Authority
import Definition
import Gate
public import Wire

/// A delegate's standing orders as a person took them from its instructions.
public struct OrderBook: Sendable, Hashable {
    /// Of the block that they stand in.
    public let revision: String
    public let orders: [StandingOrder]
    /// Who took them, and when.
    public let by: String
    public let at: Timestamp

    /// What it is called among the documents of an organization.
    static func document(of agent: AgentID) -> String { "orders/\(agent)" }

    public var json: JSON {
        [
            "revision": .string(revision), "by": .string(by), "at": .number(JSONNumber(at.microseconds)),
            "orders": .array(orders.map(\.json)),
        ]
    }

    init(revision: String, orders: [StandingOrder], by: String, at: Timestamp) {
        self.revision = revision
        self.orders = orders
        self.by = by
        self.at = at
    }

    /// Nil for what isn't one, whole: an order that can't be read is none.
    init?(json: JSON?) {
        guard let json, let revision = json["revision"]?.stringValue, let by = json["by"]?.stringValue,
            let at = json["at"]?.integerValue, let items = json["orders"]?.arrayValue
        else { return nil }
        let orders = items.compactMap(StandingOrder.init(json:))
        guard orders.count == items.count else { return nil }
        self.init(revision: revision, orders: orders, by: by, at: Timestamp(microseconds: at))
    }

    /// What a decision knows of them.
    ///
    /// - Parameter current: the revision of the instructions as they are now; nil where there is none.
    func facts(current: String?, at now: Timestamp) -> [StandingOrderFacts] {
        orders.map { order in
            StandingOrderFacts(
                order: order, revision: revision,
                standing: current != revision ? .edited : now >= order.until ? .expired : .live)
        }
    }
}

extension StandingOrder {
    public var json: JSON {
        let recipients: JSON =
            switch recipients {
            case .insiders: "insiders"
            case .only(let people): .array(people.sorted().map { .string($0.raw) })
            }
        return [
            "id": .string(name), "principal": .string(principal.raw),
            "tools": .array(tools.sorted().map { .string($0) }),
            "effects": .array(Effect.allCases.filter(effects.contains).map { .string($0.rawValue) }), "to": recipients,
            "callsPerDay": .number(JSONNumber(callsPerDay)), "until": .number(JSONNumber(until.microseconds)),
        ]
    }

    init?(json: JSON) {
        guard let name = json["id"]?.stringValue, let principal = json["principal"]?.stringValue,
            let tools = json["tools"]?.arrayValue, let effects = json["effects"]?.arrayValue,
            let calls = json["callsPerDay"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let until = json["until"]?.integerValue
        else { return nil }
        let recipients: Recipients
        switch json["to"] {
        case .string("insiders")?: recipients = .insiders
        case .array(let people)?: recipients = .only(Set(people.compactMap(\.stringValue).map { PersonID($0) }))
        case _: return nil
        }
        let known = effects.compactMap { $0.stringValue.flatMap { Effect(rawValue: $0) } }
        guard known.count == effects.count else { return nil }
        self.init(
            name: name, principal: PersonID(principal), tools: Set(tools.compactMap(\.stringValue)),
            effects: known.reduce(into: []) { $0.formUnion(EffectSet($1)) }, recipients: recipients,
            callsPerDay: calls, until: Timestamp(microseconds: until))
    }
}
