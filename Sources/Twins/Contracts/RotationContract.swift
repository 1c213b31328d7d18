import Authority
public import Broker
public import Gate

/// Checks the promises of `RotationStore` and of the changes that go with it.
public func checkRotations(_ makeStore: () async throws -> any Commits & RotationStore & SealedRows) async throws {
    let store = try await makeStore()
    let (first, second) = (
        sample("outlook", due: 10), sample("teams", due: 5, tenant: Sample.awkward, agent: AgentID("robot"))
    )
    try await store.commit(Transaction(changes: [RotationChange.add(first), RotationChange.add(second)]))
    let key = sample("gmail", due: 99, of: .key(ConnectionID("con/\(Sample.awkward)")))
    try await store.commit(Transaction(changes: [RotationChange.add(key)]))
    try expect(try await store.rotation(of: key.subject, in: Sample.acme) == key, "so does one of a connection")
    try await store.commit(Transaction(changes: [RotationChange.drop(key.subject, Sample.acme)]))
    for one in [first, second] {
        try expect(try await store.rotation(of: one.subject, in: Sample.acme) == one, "one comes back as it was")
    }
    try expect(try await store.rotations(in: Sample.acme) == [first, second], "all of them, by their subjects")
    try expect(try await store.rotationsDue(by: Sample.time(4), limit: 9) == [], "none before its time")
    try expect(try await store.rotationsDue(by: Sample.time(10), limit: 9) == [second, first], "the longest due first")
    try expect(try await store.rotationsDue(by: Sample.time(10), limit: 1) == [second], "and so many as were asked for")
    try expect(
        await store.refusal(of: Transaction(changes: [RotationChange.add(first)])) == "exists \(first.id)",
        "one is added once")

    var next = first
    (next.step, next.sealed, next.attempts, next.problem, next.version) = (.adding, seal(1), 2, Sample.awkward, 2)
    (next.keyID, next.nextID, next.due) = (nil, "key-2", Sample.time(20))
    try await store.commit(Transaction(changes: [RotationChange.step(next)]))
    try expect(try await store.rotation(of: first.subject, in: Sample.acme) == next, "a step is kept")
    try expect(
        await store.refusal(of: Transaction(changes: [RotationChange.step(next)])) == "exists \(first.id)",
        "and taken once")
    let row = SealedRow(kind: .rotation, id: first.id, bytes: seal(1))
    try expect(
        try await store.sealedRows(.rotation, notBy: Array(repeating: 9, count: 8), after: "", limit: 9) == [row],
        "the key that follows is found by the key that seals it, and where there is none no row is")
    try await store.commit(Transaction(changes: [VaultChange.replace(row, with: seal(2))]))
    var stale = next
    stale.version += 1
    try expect(
        await store.refusal(of: Transaction(changes: [RotationChange.step(stale)])) == "exists \(first.id)",
        "who has the seal of before writes it nowhere")
    stale.version += 1
    stale.sealed = []
    try await store.commit(Transaction(changes: [RotationChange.step(stale)]))
    try expect(try await store.sealedCounts().isEmpty, "a key that is in its place is sealed there alone")

    try await store.commit(Transaction(changes: [RotationChange.drop(first.subject, Sample.acme)]))
    try expect(try await store.rotations(in: Sample.acme) == [second], "what is dropped is gone")
    stale.version += 1
    try expect(
        await store.refusal(of: Transaction(changes: [RotationChange.step(stale)])) == "exists \(first.id)",
        "and no step brings it back")
}

private func seal(_ key: UInt8) -> [UInt8] { [0, 1] + Array(repeating: key, count: 8) + [7, 7] }

private func sample(
    _ provider: String, due: Int64, tenant: String? = nil, agent: AgentID? = nil, of subject: HealthSubject? = nil
) -> KeyRotation {
    KeyRotation(
        organization: Sample.acme, subject: subject ?? .app(ProviderID(provider), of: agent),
        provider: ProviderID(provider),
        place: RotationPlace(object: Sample.awkward, tenant: tenant), grace: 3_600, step: .waiting, keyID: "key-1",
        nextID: nil, sealed: [], attempts: 0, due: Sample.time(due), problem: nil, version: 1)
}
