import Authority
public import Gate
public import Registry
import Wire

/// Checks the promises of `ServerStore` and of the changes that go with it.
public func checkServers(_ makeStore: () async throws -> any Commits & ServerStore) async throws {
    let store = try await makeStore()
    let server = RemoteServer(
        organization: Sample.acme, name: "tickets", origin: "https://t.test:1", path: "/mcp", isModern: false,
        needsConnection: true)
    let definition: JSON = [
        "name": "search", "description": .string(Sample.awkward), "inputSchema": ["type": "object"],
    ]
    let tool = PinnedTool(
        server: "tickets", name: "search", definition: definition,
        release: PinnedTool.Release(
            digest: .sha256(of: [1]), definition: definition, effect: .send, roles: ["to": .destination], by: "x"),
        isWithdrawn: false, obstacle: nil)
    try await store.commit(Transaction(changes: [ServerChange.set(server), ServerChange.pin(Sample.acme, tool)]))
    try expect(try await store.servers(in: Sample.acme) == [server], "a server comes back as it was")
    try expect(try await store.pinnedTools(of: "tickets", in: Sample.acme) == [tool], "a tool comes back as it was")
    try expect(
        try await store.pinnedTools(of: "tickets", in: Sample.other).isEmpty, "another organization sees nothing of it")
    for look in [
        ServerLook(
            organization: Sample.acme, server: "tickets", tried: Sample.time(5), compared: nil, failure: Sample.awkward,
            missing: 0),
        ServerLook(
            organization: Sample.acme, server: "tickets", tried: Sample.time(9), compared: Sample.time(9), failure: nil,
            missing: 2),
    ] {
        try await store.commit(Transaction(changes: [ServerChange.look(look)]))
        try expect(try await store.serverLooks(in: Sample.acme) == [look], "the last look is kept as it was")
    }
    try expect(try await store.serverLooks(in: Sample.other).isEmpty, "another organization sees no look")
    try await store.commit(Transaction(changes: [ServerChange.remove(Sample.acme, "tickets")]))
    try expect(try await store.servers(in: Sample.acme).isEmpty, "a removed server is gone")
    try expect(
        try await store.pinnedTools(of: "tickets", in: Sample.acme).isEmpty, "its tools go with it")
    try expect(try await store.serverLooks(in: Sample.acme).isEmpty, "and so does the look at it")
}
