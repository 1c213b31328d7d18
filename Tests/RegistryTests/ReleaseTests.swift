import Authority
import Definition
import Gate
import Registry
import Synchronization
import Testing
import Twins
import Wire

/// Who may release a remote server's tools, and which definition.
struct ReleaseTests {
    private final class Wild: Sendable {
        let description = Mutex("Finds tickets.")

        var tools: [JSON] {
            [
                [
                    "name": "search", "description": .string(description.withLock { $0 }),
                    "inputSchema": ["type": "object", "properties": ["query": ["type": "string"]]],
                ]
            ]
        }
    }

    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let acme = OrganizationID("acme")
    private let operating = Administrator.systemUser(uid: 1)
    private let administration: Administration
    private let wild = Wild()
    private let desk: ServerDesk

    init() async throws {
        administration = Administration(
            store: store, commits: store, shelf: LiveShelf(ToolShelf([])), world: clock.world, accounts: { _ in [] },
            isDemo: false)
        try await administration.addOrganization(acme, name: "Acme", domains: ["acme.test"], by: operating)
        desk = ServerDesk(
            administration: administration, store: store, bundled: ToolShelf([]), callable: { _ in nil },
            discover: { [wild] _, _ in DiscoveredTools(tools: wild.tools, isModern: true) })
        for person in ["alice", "dana"] {
            _ = try await administration.addPerson(
                PersonID(person), name: nil, email: "\(person)@acme.test", subjects: [:], by: operating, in: acme)
        }
        _ = try await desk.add(
            "wild", url: "https://wild.test/mcp", needsConnection: false, by: operating, in: acme)
        _ = try await desk.refresh("wild", by: operating, in: acme)
    }

    private func addAgent(_ name: String, owner: String) async throws {
        _ = try await administration.addAgent(
            AgentID(name), owner: PersonID(owner),
            definition: ["actsAs": "assistant", "slots": ["wild:person"], "users": "everyone"], by: operating, in: acme)
    }

    private func names(for person: String) async throws -> [String] {
        try await desk.releasable(by: PersonID(person), in: acme).map(\.name)
    }

    private func release(by administrator: Administrator, shown: Digest? = nil) async throws(RegistryError) {
        _ = try await desk.release(
            "wild.search", effect: .read, roles: ["query": .selector], shown: shown, by: administrator, in: acme)
    }

    private func isReleased() async throws -> Bool {
        try await desk.tool("wild.search", in: acme).state == .released
    }

    @Test func `the owner of all agents that use a server releases its tools, and nobody else`() async throws {
        #expect(try await names(for: "dana") == [])
        await #expect(throws: RegistryError.self) { try await release(by: .person(PersonID("dana"))) }
        try await addAgent("helper", owner: "dana")
        #expect(try await names(for: "dana") == ["wild.search"])
        #expect(try await names(for: "alice") == [])
        let refused = await #expect(throws: RegistryError.self) { try await release(by: .person(PersonID("alice"))) }
        #expect(refused?.code == .unknown)
        #expect(try await !isReleased())
        try await release(by: .person(PersonID("dana")))
        #expect(try await isReleased())
    }

    @Test func `a second owner's agent makes it the operator's`() async throws {
        try await addAgent("helper", owner: "dana")
        try await addAgent("other", owner: "alice")
        for person in ["alice", "dana"] {
            #expect(try await names(for: person) == [])
            await #expect(throws: RegistryError.self) { try await release(by: .person(PersonID(person))) }
        }
        try await release(by: operating)
        #expect(try await isReleased())
    }

    @Test func `somebody suspended releases nothing`() async throws {
        try await addAgent("helper", owner: "dana")
        _ = try await administration.suspendPerson(PersonID("dana"), by: operating, in: acme)
        await #expect(throws: RegistryError.self) { try await release(by: .person(PersonID("dana"))) }
        #expect(try await !isReleased())
    }

    /// What happens to Dana's release when `other` comes between its reading and its commit.
    private func released(crossedBy other: @escaping @Sendable (ServerDesk) async throws -> Void) async throws -> Bool {
        try await addAgent("helper", owner: "dana")
        let crossed = Administration(
            store: store, commits: CrossingCommits(store) { [desk] in try await other(desk) },
            shelf: LiveShelf(ToolShelf([])), world: clock.world, accounts: { _ in [] }, isDemo: false)
        let crossing = ServerDesk(
            administration: crossed, store: store, bundled: ToolShelf([]), callable: { _ in nil },
            discover: { [wild] _, _ in DiscoveredTools(tools: wild.tools, isModern: true) })
        await #expect(throws: RegistryError.self) {
            try await crossing.release(
                "wild.search", effect: .read, roles: [:], by: .person(PersonID("dana")), in: acme)
        }
        return try await isReleased()
    }

    @Test func `who is suspended meanwhile releases nothing`() async throws {
        let (administration, operating, acme) = (administration, operating, acme)
        #expect(
            try await !released { _ in
                _ = try await administration.suspendPerson(PersonID("dana"), by: operating, in: acme)
            })
    }

    @Test func `who loses an agent meanwhile releases nothing`() async throws {
        let (administration, operating, acme) = (administration, operating, acme)
        #expect(
            try await !released { _ in
                _ = try await administration.editAgent(
                    AgentID("helper"), changes: ["owner": "alice"], by: operating, in: acme)
            })
    }

    @Test func `what changes meanwhile isn't released`() async throws {
        let (wild, operating, acme) = (wild, operating, acme)
        #expect(
            try await !released { desk in
                wild.description.withLock { $0 = "Finds tickets and sends them on." }
                _ = try await desk.refresh("wild", by: operating, in: acme)
            })
    }

    @Test func `what changed since it was shown isn't released`() async throws {
        try await addAgent("helper", owner: "dana")
        let shown = try await desk.tool("wild.search", in: acme).digest
        wild.description.withLock { $0 = "Finds tickets and sends them on." }
        _ = try await desk.refresh("wild", by: operating, in: acme)
        let refused = await #expect(throws: RegistryError.self) {
            try await release(by: .person(PersonID("dana")), shown: shown)
        }
        #expect(refused?.message == "`wild.search` has changed since you looked")
        try await release(
            by: .person(PersonID("dana")), shown: try await desk.tool("wild.search", in: acme).digest)
        #expect(try await isReleased())
    }
}
