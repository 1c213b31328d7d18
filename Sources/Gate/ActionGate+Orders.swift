import Authority

extension ActionGate {
    /// Standing orders with how often each was used today. Nothing is looked up for what somebody asked for.
    func counted(
        _ orders: [StandingOrderFacts], _ trigger: Trigger, of mandate: Mandate
    ) async throws -> [StandingOrderFacts] {
        guard !trigger.isAttended else { return [] }
        var counted: [StandingOrderFacts] = []
        for var order in orders {
            order.used = try await budgets.used(window(of: order, mandate))
            counted.append(order)
        }
        return counted
    }

    /// What a call under an order spends: refused in the commit when another one was first.
    func spends(under order: StandingOrderFacts?, _ mandate: Mandate) -> [BudgetSpend] {
        order.map { [BudgetSpend(window: window(of: $0, mandate), limit: $0.order.callsPerDay)] } ?? []
    }

    /// No agent's name has a slash in it.
    private func window(of order: StandingOrderFacts, _ mandate: Mandate) -> BudgetWindow {
        BudgetWindow(
            organization: mandate.organization, agent: AgentID("\(mandate.agent)/orders/\(order.order.name)"),
            length: .day,
            at: world.now())
    }
}
