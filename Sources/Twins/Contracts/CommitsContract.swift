import Authority
public import Gate
import Ledger
public import Registry

/// Checks the promises of `Commits`. Each call of `makeStore` must give an empty store.
///
/// - Throws: `ContractViolation` with the first promise that isn't kept.
public func checkCommits(_ makeStore: () async throws -> any Commits & RegistryStore & Budgets & LedgerStore)
    async throws
{
    try await checkAllOrNothing(try await makeStore())
    try await checkEpochs(try await makeStore())
    try await checkRaces(try await makeStore())
    try await checkSubmission(try await makeStore())
}

private struct UnknownChange: StoredChange {}

private func checkAllOrNothing(_ store: any Commits & RegistryStore & Budgets & LedgerStore) async throws {
    let scope = EpochScope.agent(Sample.acme, AgentID("email"))
    let window = BudgetWindow(organization: Sample.acme, agent: AgentID("email"), length: .day, at: Sample.time(0))
    let whole = Transaction(
        bumps: [scope], spends: [BudgetSpend(window: window, limit: 10)],
        changes: [RegistryChange.addAgent(Sample.agent("email"))],
        leaves: [PlacedLeaf(try Sample.leaf(), in: .system)])

    func checkNothing(_ why: String) async throws {
        try expect(try await store.agent(AgentID("email"), in: Sample.acme) == nil, "a row isn't kept when \(why)")
        try expect(try await store.used(window) == 0, "no budget is spent when \(why)")
        try expect(await store.epoch(of: scope) == 0, "no epoch moves when \(why)")
        try expect(try await store.head(of: .system).size == 0, "no leaf is kept when \(why)")
    }

    var broken = whole
    broken.changes.append(RegistryChange.replaceAgent(Sample.agent("nobody")))
    try expect(await store.refusal(of: broken) == "exists nobody", "a replacement of no row is refused")
    try await checkNothing("a later change is refused")

    broken = whole
    broken.changes.append(UnknownChange())
    try expect(await store.refusal(of: broken) == "unavailable", "a change of an unknown kind is refused")
    try await checkNothing("a change is of an unknown kind")

    broken = whole
    broken.requires = [EpochReading(scope: .home, value: 1)]
    try expect(await store.refusal(of: broken) == "moved home", "the epoch that has moved is named")
    try await checkNothing("a required epoch has moved")

    broken = whole
    broken.spends.append(BudgetSpend(window: window, limit: 1))
    try expect(await store.refusal(of: broken)?.hasPrefix("spent") == true, "a spent budget is named")
    try await checkNothing("a budget is spent")

    try expect(await store.refusal(of: whole) == nil, "a transaction is applied after refused ones")
    try expect(try await store.agent(AgentID("email"), in: Sample.acme) == Sample.agent("email"), "the row is there")
    try expect(try await store.used(window) == 1, "the budget is spent once")
    try expect(await store.epoch(of: scope) == 1, "the epoch has moved when the commit returns")
    try expect(try await store.head(of: .system).size == 1, "the leaf is there")
}

private func checkEpochs(_ store: any Commits) async throws {
    let scopes: [EpochScope] = [
        .home, .organization(Sample.acme), .agent(Sample.acme, AgentID("a")), .person(Sample.acme, PersonID("a")),
        .client(ClientID("a")), .connections(Sample.acme, .person(PersonID("a")), ProviderID("p")),
        .connections(Sample.acme, .agent(AgentID("a")), ProviderID("p")), .session(Sample.session("a")),
    ]
    for (count, scope) in scopes.enumerated() {
        try expect(await store.epoch(of: scope) == 0, "an epoch that never moved is 0, and every scope has its own")
        let absent = Transaction(
            requires: [EpochReading(scope: scope, value: 0)], bumps: Array(repeating: scope, count: count + 1))
        try expect(await store.refusal(of: absent) == nil, "an epoch that never moved may be required to be 0")
        try expect(await store.epoch(of: scope) == Int64(count + 1), "each bump moves an epoch by one")
        try expect(await store.refusal(of: absent) == "moved \(scope.raw)", "an epoch that has moved isn't 0 any more")
        let now = Transaction(requires: [EpochReading(scope: scope, value: Int64(count + 1))], bumps: [scope])
        try expect(await store.refusal(of: now) == nil, "the present value may be required, and bumped at once")
    }
}

private func checkRaces(_ store: any Commits & RegistryStore) async throws {
    let reading = EpochReading(scope: .organization(Sample.acme), value: 0)
    let claims = (0..<40).map { number in
        Transaction(
            requires: [reading], bumps: [reading.scope],
            changes: [RegistryChange.addAgent(Sample.agent("agent-\(number)"))])
    }
    try expect(await store.race(claims) == 1, "of those that require and bump one epoch, one is applied")
    try expect(try await store.agents(in: Sample.acme).count == 1, "and only its row is there")
}

private func checkSubmission(_ store: any Commits & RegistryStore) async throws {
    store.submit(.registry(.replaceAgent(Sample.agent("nobody"))))
    store.submit(.registry(.addAgent(Sample.agent("email"))))
    try expect(await store.refusal(of: .registry(.addAgent(Sample.agent("product")))) == nil, "a commit follows")
    try expect(
        try await store.agents(in: Sample.acme).map(\.id.raw) == ["email", "product"],
        "what was submitted before a commit is there when it returns, also after one that was refused")
}
