import Authority
public import Broker
public import Gate

/// Checks the promises of `UseStore` and of the changes that go with it.
public func checkUses(_ makeStore: () async throws -> any Commits & UseStore & ConnectionStore) async throws {
    let store = try await makeStore()
    func used(_ connection: String, _ tool: String, on day: Int64) async throws {
        let use = ToolUse(connection: ConnectionID(connection), tool: tool, day: day)
        try await store.commit(Transaction(changes: [UseChange.used(use)]))
    }
    func found(since day: Int64, in organization: OrganizationID = Sample.acme) async throws -> [String] {
        try await store.toolUses(in: organization, since: day).map { "\($0.connection) \($0.tool) \($0.day)" }
    }
    try await store.commit(.broker(.add(Sample.connection("c1")), .add(Sample.connection("c2"))))
    for (connection, tool, day) in [
        ("c1", "b", Int64(7)), ("c1", "a", 5), ("c2", "a", 6), ("c1", "a", 8), ("c1", "b", 6),
    ] {
        try await used(connection, tool, on: day)
    }
    try expect(try await found(since: 0) == ["c1 a 8", "c1 b 7", "c2 a 6"], "of each use its last day counts")
    try expect(try await found(since: 7) == ["c1 a 8", "c1 b 7"], "what is older isn't asked for")
    try expect(try await found(since: 0, in: OrganizationID("other")) == [], "nor what is another organization's")
    _ = try await store.toolUsesKeptSince()
}
