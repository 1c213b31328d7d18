import Authority
public import Gate
import Wire

/// Checks the promises of `OpenCalls` and of the changes that go with it.
public func checkOpenCalls(_ makeStore: () async throws -> any Commits & OpenCalls) async throws {
    let store = try await makeStore()
    let first = Sample.call("c2", identity: 1, opened: 2)
    try await store.commit(.gate(.open(first)))
    try expect(try await store.openCall(first.id) == first, "a call comes back as it was")
    try expect(
        await store.refusal(of: .gate(.open(Sample.call("c3", identity: 1)))) == "identical c2 open",
        "an identical call is refused while the first is open, and named")
    try expect(try await store.ownCalls() == [first], "an open call is this gateway's own")
    try await store.commit(.gate(.markUnknown(first.id)))
    try expect(
        await store.refusal(of: .gate(.close(first.id), .open(Sample.call("c4", opened: 1)))) == "exists c2",
        "an outcome is given once")
    try expect(try await store.openCall(CallID("c4")) == nil, "what else the commit holds doesn't happen")
    try expect(await store.refusal(of: .gate(.markUnknown(first.id))) == "exists c2", "nor is it unknown twice")
    try expect(try await store.ownCalls().isEmpty, "an unknown call isn't among this gateway's open ones")
    try expect(
        await store.refusal(of: .gate(.open(Sample.call("c3", identity: 1)))) == "identical c2 unknown",
        "an identical call is refused while the first is unknown")
    try expect(
        await store.refusal(of: .gate(.open(Sample.call("c2", identity: 2)))) == "exists c2", "an id is used once")
    try await store.commit(.gate(.open(Sample.call("c1", opened: 1)), .open(Sample.call("c0", opened: 1))))
    try expect(
        try await store.openCalls().map(\.id.raw) == ["c0", "c1", "c2"], "calls come oldest first, then by id")
    try expect(try await store.openCalls().last?.state == .unknown, "an unknown call stays, and says so")
    try expect(
        await store.refusal(of: .gate(.settle(CallID("c0")))) == "exists c0",
        "an open call isn't settled by anybody's word")
    try await store.commit(.gate(.settle(first.id)))
    try expect(try await store.openCall(first.id) == nil, "an unknown call is, once")
    try expect(await store.refusal(of: .gate(.settle(first.id))) == "exists c2", "and not twice")
    try expect(
        await store.refusal(of: .gate(.noneOpen(.sha256(of: [9])))) == nil,
        "nothing stands in the way of what isn't there")
    let other = Sample.call("c5", identity: 5, opened: 3)
    try await store.commit(.gate(.open(other)))
    try await store.commit(.gate(.close(other.id)))
    try expect(try await store.openCall(other.id) == nil, "a closed call is gone")
    try expect(
        await store.refusal(of: .gate(.open(Sample.call("c6", identity: 5)))) == nil,
        "after a known outcome an identical call is a new one")
    try expect(await store.refusal(of: .gate(.close(other.id))) == "exists c5", "what is gone isn't closed")

    let repeats = (0..<30).map { Transaction.gate(.open(Sample.call("r\($0)", identity: 9))) }
    try expect(await store.race(repeats) == 1, "of identical calls at once, one is opened")

    let spends = (0..<20).map { _ in Transaction.gate(.spendOnce(.sha256(of: [1]), until: Sample.time(60))) }
    try expect(await store.race(spends) == 1, "what may be brought once is taken once")
}
