import Authority
import Broker
import Gate
import Synchronization
import Testing
import Twins
import Wire

/// Whose credential a server is asked for its tools with.
struct RemoteDiscoveryTests {
    private let store = MemoryStore()
    private let errands = RecordingErrands()

    private func connect(_ id: String, _ owner: Owner, health: ConnectionHealth = .healthy) async throws {
        let record = ConnectionRecord(
            id: ConnectionID(id), organization: OrganizationID("acme"), owner: owner, provider: ProviderID("tickets"),
            origin: "https://tickets.test", kind: "mcp-bearer", account: id, accountName: id, email: nil, scopes: [],
            generation: 1, fingerprint: "fp", sealed: [1], health: health, created: Timestamp(microseconds: 0))
        try await store.commit(Transaction(changes: [BrokerChange.add(record)]))
    }

    private let place = "https://tickets.test"
    private let acme = OrganizationID("acme")

    private func lender(_ choice: RemoteDiscovery.Choice, at place: String? = nil) async throws -> ConnectionID? {
        try await RemoteDiscovery(errands: errands, connections: store)
            .lender(choice, to: ProviderID("tickets"), at: place ?? self.place, in: acme)?.id
    }

    @Test func `an operator has the only agent's, never one of several and never a person's`() async throws {
        #expect(try await lender(.only(nil)) == nil)
        try await connect("alices", .person(PersonID("alice")))
        #expect(try await lender(.only(nil)) == nil)
        try await connect("readers", .agent(AgentID("reader")))
        #expect(try await lender(.only(nil)) == ConnectionID("readers"))
        try await connect("writers", .agent(AgentID("writer")))
        let error = await #expect(throws: BrokerError.self) { try await lender(.only(nil)) }
        #expect(error?.message.contains("agent:reader, agent:writer") == true)
        #expect(try await lender(.only(AgentID("writer"))) == ConnectionID("writers"))
        #expect(try await lender(.only(AgentID("alice"))) == nil, "a person of that name isn't the agent")
    }

    @Test func `the clock has an agent's that works, the same each time, and never a person's`() async throws {
        try await connect("alices", .person(PersonID("alice")))
        #expect(try await lender(.anyAgents) == nil)
        try await connect("writers", .agent(AgentID("writer")))
        try await connect("readers", .agent(AgentID("reader")))
        try await connect("broken", .agent(AgentID("broken")), health: .broken)
        #expect(try await lender(.anyAgents) == ConnectionID("readers"))
        #expect(try await lender(.anyAgents, at: "https://elsewhere.test") == nil, "it stays at its own host")
    }

    @Test func `one that is named is used alone, at its own host, while it works`() async throws {
        try await connect("alices", .person(PersonID("alice")))
        try await connect("alices-second", .person(PersonID("alice")))
        try await connect("gone", .person(PersonID("bob")), health: .revoked)
        #expect(try await lender(.this(ConnectionID("alices-second"))) == ConnectionID("alices-second"))
        #expect(try await lender(.this(ConnectionID("gone"))) == nil)
        #expect(try await lender(.this(ConnectionID("alices")), at: "https://elsewhere.test") == nil)
        let discovery = RemoteDiscovery(errands: errands, connections: store)
        for (connection, used) in [("alices", "alices"), ("gone", nil)] {
            let ask = {
                try await discovery.tools(
                    of: ProviderID("tickets"), origin: place, path: "/mcp", place: place,
                    with: ConnectionID(connection), in: acme)
            }
            if let used {
                _ = try await ask()
                #expect(errands.last == ConnectionID(used))
            } else {
                await #expect(throws: BrokerError.self) { _ = try await ask() }
            }
        }
        _ = try await discovery.tools(
            of: ProviderID("tickets"), origin: place, path: "/mcp", place: place, with: nil, in: acme)
        #expect(errands.last == nil && errands.count == 2)
    }
}

/// A server without tools, which remembers whose credential it was asked with.
private final class RecordingErrands: UnaskedErrands {
    private let uses = Mutex<[ConnectionID?]>([])

    var last: ConnectionID? { uses.withLock { $0.last ?? nil } }
    var count: Int { uses.withLock(\.count) }

    func discover(_ step: Step, for use: ConnectionUse?) async throws(UpstreamFailure) -> UpstreamAnswer {
        uses.withLock { $0.append(use?.facts.id) }
        return UpstreamAnswer(
            status: 200, headers: [Step.Header("content-type", "application/json")],
            body: Array(#"{"jsonrpc":"2.0","id":"list-0","result":{"tools":[]}}"#.utf8))
    }
}
