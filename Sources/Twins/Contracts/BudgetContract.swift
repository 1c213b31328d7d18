import Authority
public import Gate

/// Checks the promises of `Budgets` and of spending.
public func checkBudgets(_ makeStore: () async throws -> any Commits & Budgets) async throws {
    let store = try await makeStore()
    func window(_ seconds: Int64, agent: String = "email", length: BudgetWindow.Length = .minute) -> BudgetWindow {
        BudgetWindow(organization: Sample.acme, agent: AgentID(agent), length: length, at: Sample.time(seconds))
    }
    func spend(_ window: BudgetWindow, limit: Int) -> Transaction {
        Transaction(spends: [BudgetSpend(window: window, limit: limit)])
    }
    try expect(await store.refusal(of: spend(window(0), limit: 0)) != nil, "a budget of nothing is spent")
    try expect(try await store.used(window(0)) == 0, "a refused spend uses nothing")
    let spends = Array(repeating: spend(window(0), limit: 20), count: 50)
    try expect(await store.race(spends) == 20, "of many at once, as many are applied as the limit says")
    try expect(try await store.used(window(0)) == 20, "what is used is counted")
    try expect(await store.refusal(of: spend(window(0), limit: 21)) == nil, "the limit is the spender's")
    for free in [window(0, agent: "product"), window(0, length: .day)] {
        try expect(try await store.used(free) == 0, "each agent and length has its own budget")
    }
    try expect(await store.refusal(of: spend(window(60), limit: 2)) == nil, "a new minute begins at nothing")
    try expect(await store.refusal(of: spend(window(0), limit: 2)) == nil, "a late call counts in the new minute")
    try expect(try await store.used(window(60)) == 2, "a late call doesn't begin the minute anew")
    try expect(await store.refusal(of: spend(window(60), limit: 2)) != nil, "and the new minute is spent")
}
