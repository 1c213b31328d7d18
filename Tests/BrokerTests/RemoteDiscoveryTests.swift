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

    private func ask(as owner: Owner?) async throws -> ConnectionID? {
        _ = try await RemoteDiscovery(errands: errands, connections: store).tools(
            of: ProviderID("tickets"), origin: "https://tickets.test", path: "/mcp",
            place: "https://tickets.test", needsConnection: true, as: owner,
            in: OrganizationID("acme"))
        return errands.last
    }

    @Test func `with nobody named it is the only agent's, and never one of several`() async throws {
        await #expect(throws: BrokerError.self) { try await ask(as: nil) }
        try await connect("alices", .person(PersonID("alice")))
        await #expect(throws: BrokerError.self) { try await ask(as: nil) }
        try await connect("readers", .agent(AgentID("reader")))
        #expect(try await ask(as: nil) == ConnectionID("readers"))
        try await connect("writers", .agent(AgentID("writer")))
        let error = await #expect(throws: BrokerError.self) { try await ask(as: nil) }
        #expect(error?.message.contains("agent:reader, agent:writer") == true)
        #expect(errands.count == 1)
    }

    @Test func `whoever is named is asked with their own, and with none where they have several`() async throws {
        try await connect("alices", .person(PersonID("alice")))
        try await connect("namesakes", .agent(AgentID("alice")))
        try await connect("gone", .person(PersonID("bob")), health: .revoked)
        #expect(try await ask(as: .person(PersonID("alice"))) == ConnectionID("alices"))
        #expect(try await ask(as: .agent(AgentID("alice"))) == ConnectionID("namesakes"))
        await #expect(throws: BrokerError.self) { try await ask(as: .person(PersonID("bob"))) }
        try await connect("alices-second", .person(PersonID("alice")))
        await #expect(throws: BrokerError.self) { try await ask(as: .person(PersonID("alice"))) }
        #expect(errands.count == 2)
    }
}

/// A server without tools, which remembers whose credential it was asked with.
private final class RecordingErrands: Errands {
    private let uses = Mutex<[ConnectionID?]>([])

    var last: ConnectionID? { uses.withLock { $0.last ?? nil } }
    var count: Int { uses.withLock(\.count) }

    func forget(_ connection: ConnectionID) {}

    func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        throw .notSent("not asked for")
    }

    func discover(_ step: Step, for use: ConnectionUse?) async throws(UpstreamFailure) -> UpstreamAnswer {
        uses.withLock { $0.append(use?.facts.id) }
        return UpstreamAnswer(
            status: 200, headers: [Step.Header("content-type", "application/json")],
            body: Array(#"{"jsonrpc":"2.0","id":"list-0","result":{"tools":[]}}"#.utf8))
    }
}
