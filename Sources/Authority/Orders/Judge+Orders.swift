extension Judge {
    /// The order by which this call is made though nobody asked for it: the first that speaks of it and holds. Nil for every
    /// call that somebody asked for.
    var order: StandingOrderFacts? {
        guard needsOrder else { return nil }
        return speaking.first { $0.standing == .live && $0.used < $0.order.callsPerDay }
    }

    private var needsOrder: Bool {
        mandate.definition.actsAs == .delegate && mandate.definition.tier == .three && !request.trigger.isAttended
    }

    private var speaking: [StandingOrderFacts] {
        request.orders.filter { $0.order.covers(tool, request.facets, for: principal) }
    }

    /// At tier 3 nothing happens by itself but under an order. Of several that speak of a call and don't hold, the first says why.
    mutating func unattended() {
        guard needsOrder, order == nil else { return }
        guard let found = speaking.first else { return deny(.noStandingOrders, tool.name) }
        let name = found.order.name
        switch found.standing {
        case .expired: deny(.orderExpired, name)
        case .edited: deny(.orderEdited, name, mandate.agent.raw)
        case .live: deny(.orderSpent, name, String(found.order.callsPerDay))
        }
    }

    /// What may discharge an obligation besides a person's answer to it: the principal's written word.
    func accepting(_ kinds: EvidenceKinds) -> EvidenceKinds { needsOrder ? kinds.union(.order) : kinds }
}
