import Authority
public import Broker
public import Gate

/// Checks the promises of `RevocationStore` and of the changes that go with it.
public func checkRevocations(_ makeStore: () async throws -> any Commits & RevocationStore) async throws {
    let store = try await makeStore()
    let (first, second) = (sample("r1", of: "con_1", due: 10), sample("r2", of: "con_2", due: 5))
    try await store.commit(Transaction(changes: [RevocationChange.add(first), RevocationChange.add(second)]))
    func due(_ time: Int64, _ limit: Int = 10) async throws -> [String] {
        try await store.revocationsDue(by: Sample.time(time), limit: limit).map(\.id)
    }
    try expect(try await store.revocations(of: ConnectionID("con_1")) == [first], "one comes back as it was")
    try expect(try await due(4) == [], "none before its time")
    try expect(try await due(5) == ["r2"], "one at its time")
    try expect(try await due(10) == ["r2", "r1"], "the longest due comes first")
    try expect(try await due(10, 1) == ["r2"], "and so many as were asked for")
    try expect(
        await store.refusal(of: Transaction(changes: [RevocationChange.add(first)])) == "exists r1",
        "one is added once")

    let claim = Transaction(changes: [RevocationChange.claim(first, due: Sample.time(20))])
    try await store.commit(claim)
    try expect(await store.refusal(of: claim) == "exists r1", "one is claimed once for each attempt")
    let claimed = try await store.revocations(of: first.connection)
    try expect(claimed == [sample("r1", of: "con_1", attempts: 1, due: 20)], "a claim counts, and moves the time")
    try await store.commit(Transaction(changes: [RevocationChange.later("r1", due: Sample.time(30))]))
    try expect(
        try await store.revocations(of: first.connection) == [sample("r1", of: "con_1", attempts: 1, due: 30)],
        "another time is kept")
    try await store.commit(Transaction(changes: [RevocationChange.drop("r1")]))
    try expect(try await due(100) == ["r2"], "what is dropped is gone")
    try expect(
        await store.refusal(of: Transaction(changes: [RevocationChange.later("r1", due: Sample.time(1))]))
            == "exists r1",
        "and isn't asked again")
}

private func sample(
    _ id: String, of connection: String, attempts: Int64 = 0, due: Int64
) -> PendingRevocation {
    PendingRevocation(
        id: id, organization: Sample.acme, provider: ProviderID("notion"), connection: ConnectionID(connection),
        clientID: Sample.awkward, hint: "refresh_token", sealed: [0, 1, 255], attempts: attempts, due: Sample.time(due),
        person: PersonID("bob"))
}
