import Authority
public import Broker
public import Gate
import Registry

/// Checks the promises of `SealedRows` and of the change that goes with it.
public func checkSealedRows(
    _ makeStore: () async throws -> any Commits & SealedRows & Payloads & ConnectionStore
) async throws {
    let store = try await makeStore()
    let (old, new) = ([UInt8](repeating: 1, count: 8), [UInt8](repeating: 2, count: 8))
    func sealed(_ key: [UInt8], _ body: UInt8) -> [UInt8] { [2, 1] + key + [body] }
    try await store.commit(
        Transaction(changes: [
            BrokerChange.add(Sample.connection("c1", sealed: sealed(old, 1), created: 0)),
            BrokerChange.add(Sample.connection("c2", sealed: sealed(new, 2), created: 1)),
            BrokerChange.add(Sample.connection("c3", health: .revoked, sealed: [], created: 2)),
            NoticeChange.settings(sealed(old, 3)), SignInChange.settings(sealed(old, 5)),
            BrowserChange.addSession(Sample.browser("s1", hash: 1, provided: Sample.provided(hint: sealed(old, 6)))),
            BrowserChange.addSession(Sample.browser("s2", hash: 2, provided: Sample.provided(hint: sealed(new, 6)))),
            BrowserChange.addSession(Sample.browser("s3", hash: 3)),
        ]))
    for number in 0..<5 {
        let payload = Payload(id: "p\(number)", digestKey: [9], sealed: sealed(number == 4 ? new : old, 4))
        try await store.commit(.gate(.keep(payload)))
    }
    try expect(
        try await store.sealedCounts() == [old: 8, new: 3], "rows are counted by the key that seals them")

    func ids(_ kind: SealedKind, after: String = "", limit: Int = 10) async throws -> [String] {
        try await store.sealedRows(kind, notBy: new, after: after, limit: limit).map(\.id)
    }
    try expect(try await ids(.connection) == ["c1"], "what was shredded isn't sealed by anybody")
    try expect(try await ids(.payload) == ["p0", "p1", "p2", "p3"], "rows come by rising id")
    try expect(try await ids(.payload, after: "p0", limit: 2) == ["p1", "p2"], "and in pieces")
    try expect(try await ids(.value) == ["notices", "sign-in"], "the values of the home are among them")

    try expect(try await ids(.hint) == ["s1"], "what browser sessions keep is among them")

    let row = try await store.sealedRows(.connection, notBy: new, after: "", limit: 1)[0]
    try expect(row.bytes == sealed(old, 1), "a row comes with its bytes")
    try await store.commit(Transaction(changes: [VaultChange.replace(row, with: sealed(new, 5))]))
    try expect(try await store.connection(.init("c1"))?.sealed == sealed(new, 5), "a row is sealed anew")
    try await store.commit(Transaction(changes: [VaultChange.replace(row, with: sealed(new, 6))]))
    try expect(
        try await store.connection(.init("c1"))?.sealed == sealed(new, 5), "what was written meanwhile stays")
    for kind in [SealedKind.payload, .value, .hint] {
        for row in try await store.sealedRows(kind, notBy: new, after: "", limit: 10) {
            try await store.commit(Transaction(changes: [VaultChange.replace(row, with: sealed(new, 7))]))
        }
    }
    try expect(try await store.payload("p0")?.sealed == sealed(new, 7), "a payload is sealed anew")
    try expect(try await store.payload("p0")?.digestKey == [9], "and keeps the key of its digest")
    try expect(try await store.sealedCounts() == [new: 11], "then nothing is left of the old key")
}
