import Authority

extension NaiveEvaluation {
    /// Whether nobody is there who asked.
    var isUnattended: Bool { request.trigger == .schedule || request.trigger == .event }

    private var isTierThree: Bool { definition.actsAs == .delegate && definition.tier == .three }

    /// The order that a tier 3 delegate's own doing stands on.
    var order: StandingOrderFacts? {
        guard isTierThree, isUnattended else { return nil }
        for facts in naming where facts.standing == .live {
            if facts.used < facts.order.callsPerDay { return facts }
        }
        return nil
    }

    private var naming: [StandingOrderFacts] {
        var found: [StandingOrderFacts] = []
        for facts in request.orders {
            let order = facts.order
            guard order.principal == principal, order.tools.contains(tool.name), order.effects.contains(tool.effect)
            else { continue }
            var isMeant = true
            for destination in request.facets?.destinations ?? [] {
                switch (destination, order.recipients) {
                case (.outsider, _): isMeant = false
                case (.insider(let person), .only(let people)) where !people.contains(person): isMeant = false
                case (.insider, _): break
                }
            }
            if isMeant { found.append(facts) }
        }
        return found
    }

    mutating func denyWithoutOrder() {
        switch naming.first?.standing {
        case nil: deny(.noStandingOrders)
        case .expired?: deny(.orderExpired)
        case .edited?: deny(.orderEdited)
        case .live?: deny(.orderSpent)
        }
    }

    func orAnOrder(_ kinds: [Evidence.Kind]) -> [Evidence.Kind] {
        isTierThree && isUnattended ? kinds + [.order] : kinds
    }
}

extension Generator {
    /// Mostly one that speaks of the call, and mostly one that holds.
    mutating func orders(
        for tool: ToolSpec, of definition: AgentDefinition, in catalogue: ToolCatalogue
    ) -> [StandingOrderFacts] {
        guard definition.tier == .three, dice.chance(92) else { return [] }
        return (0...dice.below(2)).map { number in
            let others = dice.some(of: catalogue.tools.map(\.name), percent: 20)
            let principal = definition.principals.min() ?? person()
            return StandingOrderFacts(
                order: StandingOrder(
                    name: "order-\(number)", principal: dice.chance(92) ? principal : person(),
                    tools: Set(others + (dice.chance(88) ? [tool.name] : [])),
                    effects: dice.chance(90) ? [.read, .draft, .send, .create] : [.read],
                    recipients: dice.chance(60) ? .insiders : .only(people(50)), callsPerDay: 1 + dice.below(3),
                    until: Timestamp(microseconds: 0)),
                revision: "r\(number)", standing: dice.pick(weighted: [(70, .live), (15, .expired), (15, .edited)]),
                used: dice.pick(weighted: [(75, 0), (25, 3)]))
        }
    }
}
