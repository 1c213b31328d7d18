import Authority
public import Gate
import Ledger

/// Checks the promises of `SignStore` and of the changes that go with it.
public func checkSigns(_ makeStore: () async throws -> any Commits & SignStore) async throws {
    let store = try await makeStore()
    let (acme, other) = (TreeID.organization(Sample.acme), TreeID.organization(Sample.other))
    func sign(_ gateway: String, _ phase: Heartbeat.Phase, at second: Int64, in tree: TreeID) -> GatewaySign {
        GatewaySign(tree: tree, gateway: gateway, phase: phase, time: Sample.time(second), interval: 60)
    }
    try expect(try await store.signs(in: acme).isEmpty, "an empty tree has no signs")
    try await store.commit(
        Transaction(changes: [
            SignChange.keep(sign("g2", .started, at: 1, in: acme)),
            SignChange.keep(sign("g1", .started, at: 2, in: acme)),
            SignChange.keep(sign("g1", .started, at: 3, in: other)),
        ]))
    try await store.commit(Transaction(changes: [SignChange.keep(sign("g2", .beat, at: 61, in: acme))]))
    try expect(
        try await store.signs(in: acme) == [
            sign("g1", .started, at: 2, in: acme), sign("g2", .beat, at: 61, in: acme),
        ], "of each gateway its last sign counts")
    try await store.commit(
        Transaction(changes: [
            SignChange.keep(sign("g2", .stopped, at: 70, in: acme)), SignChange.forget(acme, gateway: "g1"),
        ]))
    try expect(
        try await store.signs(in: acme) == [sign("g2", .stopped, at: 70, in: acme)], "who is forgotten isn't found")
    try expect(
        try await store.signs(in: other) == [sign("g1", .started, at: 3, in: other)], "trees stay apart")
}
