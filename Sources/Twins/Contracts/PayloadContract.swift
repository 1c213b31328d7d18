public import Gate

/// Checks the promises of `Payloads`.
public func checkPayloads(_ makeStore: () async throws -> any Commits & Payloads) async throws {
    let store = try await makeStore()
    try expect(try await store.payload("c1/arguments") == nil, "a payload that was never kept isn't there")
    for sealed in [[], [0], Array((0...255).map(UInt8.init)), [UInt8](repeating: 7, count: 300_000)] {
        let id = "c1/\(sealed.count)"
        try await store.commit(.gate(.keep(Payload(id: id, digestKey: [1, 0, 2], sealed: sealed))))
        let back = try await store.payload(id)
        try expect(
            back?.sealed == sealed && back?.digestKey == [1, 0, 2] && back?.id == id, "a payload comes back as it was")
    }
}
