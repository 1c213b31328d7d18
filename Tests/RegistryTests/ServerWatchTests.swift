import Authority
import Gate
import Registry
import Synchronization
import Testing
import Twins
import Wire

/// When remote servers are compared with their pins, with whose credential, and what becomes of what is found.
struct ServerWatchTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let acme = OrganizationID("acme")
    private let operating = Administrator.systemUser(uid: 1)
    private let wild = WildServer()
    /// The only agent's connection, if there is one.
    private let agents = Box<LentConnection?>(nil)
    private let administration: Administration
    private let desk: ServerDesk
    private let news: ServerNews

    private final class Box<Value: Sendable>: Sendable {
        private let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }
        var now: Value { value.withLock { $0 } }
        func set(_ new: Value) { value.withLock { $0 = new } }
    }

    private let leads = Box(true)
    private let alices = LentConnection(id: ConnectionID("alices"), owner: .person(PersonID("alice")))
    private let readers = LentConnection(id: ConnectionID("readers"), owner: .agent(AgentID("reader")))

    init() async throws {
        administration = Administration(
            store: store, commits: store, shelf: LiveShelf(ToolShelf([])), world: clock.world, accounts: { _ in [] },
            isDemo: false)
        try await administration.addOrganization(acme, name: "Acme", domains: ["acme.test"], by: operating)
        _ = try await administration.addPerson(
            PersonID("alice"), name: nil, email: "alice@acme.test", subjects: [:], by: operating, in: acme)
        desk = ServerDesk(
            administration: administration, store: store, bundled: ToolShelf([]), callable: { _ in nil },
            lend: { [agents, alices] _, lending throws(RegistryError) in
                switch lending {
                case .operation, .clock: agents.now
                case .own(_, let id), .call(_, let id): id == alices.id ? alices : nil
                }
            }, discover: { [wild] _, lent throws(RegistryError) in try wild.list(lent) })
        news = ServerNews(of: acme, now: clock.world.now)
    }

    private func add(wantsCredential: Bool = false) async throws {
        _ = try await desk.add(
            "wild", url: "https://wild.test/mcp", needsConnection: wantsCredential, by: operating, in: acme)
    }

    private func release() async throws {
        _ = try await desk.release("wild.search", effect: .read, roles: [:], by: operating, in: acme)
    }

    private func watch() -> ServerWatch {
        ServerWatch(
            desk: desk, organization: acme, news: news, leads: { [leads] in leads.now }, jitter: { 0.5 })
    }

    private func state(_ name: String = "search") async throws -> PinnedTool.State {
        try await desk.tool("wild.\(name)", in: acme).state
    }

    private func look() async throws -> ServerLook? { try await desk.looks(in: acme).first }

    private func tell(_ connection: ConnectionID?, saysToolsChanged: Bool = false) {
        news.tell(
            ServerNews.Item(call: CallID("c1"), connection: connection, saysToolsChanged: saysToolsChanged),
            of: "wild", in: acme)
    }

    private func asked() async throws -> [JSON] {
        try await store.records(of: .organization(acme), from: 0, limit: 1000).map { try JSON.parse($0.bytes) }
            .filter { $0["change"]?.stringValue == "server.asked" }
    }

    @Test func `at a start and about once an hour, and what has changed is nobody's to call at once`() async throws {
        try await add()
        _ = try await desk.refresh("wild", by: operating, in: acme)
        try await release()
        clock.advance(seconds: 1)
        let watch = watch()
        #expect(try await watch.sweep().map(\.server) == ["wild"], "at the start, however lately it was asked")
        #expect(try await watch.sweep().isEmpty)
        clock.advance(seconds: 3400)
        #expect(try await watch.sweep().isEmpty)
        wild.set("description", to: "Finds tickets and sends them on.")
        clock.advance(seconds: 200)
        #expect(try await watch.sweep().map(\.quarantined) == [["search"]])
        #expect(try await state() == .quarantined)
        #expect(wild.asked == [nil, nil, nil])
        #expect(try await asked().last?["by"]?.stringValue == "gateway")
        let look = try #require(try await look())
        #expect(look.compared == clock.world.now() && look.failure == nil)
    }

    @Test func `a server that doesn't answer keeps its pins, is told of, and is asked again sooner`() async throws {
        try await add()
        _ = try await desk.refresh("wild", by: operating, in: acme)
        try await release()
        let before = try #require(try await look())
        clock.advance(seconds: 1)
        let watch = watch()
        wild.fail(RegistryError(.unavailable, "`wild` can't be asked for its tools: 503"))
        #expect(try await watch.sweep().map(\.failure) == ["`wild` can't be asked for its tools: 503"])
        #expect(try await state() == .released)
        let failed = try #require(try await look())
        #expect(failed.compared == before.compared && failed.tried == clock.world.now())
        #expect(failed.failure == "`wild` can't be asked for its tools: 503")
        clock.advance(seconds: 590)
        #expect(try await watch.sweep().isEmpty)
        clock.advance(seconds: 20)
        wild.fail(nil)
        #expect(try await watch.sweep().map(\.failure) == [nil])
        #expect(try await look()?.failure == nil)
    }

    @Test func `a list that lacks a tool takes nothing away, and a longer one lets nobody call more`() async throws {
        try await add()
        _ = try await desk.refresh("wild", by: operating, in: acme)
        try await release()
        clock.advance(seconds: 1)
        wild.change { $0 = [["name": "fresh", "inputSchema": ["type": "object"]]] }
        let watch = watch()
        _ = try await watch.sweep()
        #expect(try await state() == .released)
        #expect(try await state("fresh") == .quarantined)
        #expect(try await look()?.missing == 1)
        _ = try await desk.refresh("wild", by: operating, in: acme)
        #expect(try await state() == .withdrawn, "an operator means it")
        #expect(try await look()?.missing == 0)
    }

    @Test func `a server that names others each time doesn't fill the store`() async throws {
        try await add()
        let watch = watch()
        for round in 0..<3 {
            wild.change { tools in
                tools = (0..<400).map { ["name": .string("t\(round)-\($0)"), "inputSchema": ["type": "object"]] }
            }
            clock.advance(seconds: 4000)
            _ = try await watch.sweep()
        }
        #expect(try await desk.tools(in: acme).count == 500)
    }

    @Test func `a look-alike of a tool that isn't listed just now can't be released`() async throws {
        try await add()
        _ = try await desk.refresh("wild", by: operating, in: acme)
        try await release()
        clock.advance(seconds: 1)
        wild.change { $0 = [["name": "Search", "inputSchema": ["type": "object"]]] }
        _ = try await watch().sweep()
        #expect(try await desk.tool("wild.Search", in: acme).obstacle != nil)
    }

    @Test func `the clock has an agent's connection, and without one it asks nobody's`() async throws {
        try await add(wantsCredential: true)
        let watch = watch()
        #expect(try await watch.sweep().isEmpty)
        #expect(wild.asked.isEmpty)
        #expect(try await asked().isEmpty, "what isn't asked leaves no leaf")
        agents.set(readers)
        clock.advance(seconds: 700)
        #expect(try await watch.sweep().count == 1)
        #expect(wild.asked == [readers])
        #expect(try await asked().last?["as"]?.stringValue == "agent:reader")
    }

    @Test func `a person's connection is lent to nobody else, whoever hands it over`() async throws {
        try await add(wantsCredential: true)
        agents.set(alices)
        await #expect(throws: RegistryError.self) { try await desk.refresh("wild", by: operating, in: acme) }
        _ = try await watch().sweep()
        await #expect(throws: RegistryError.self) {
            try await desk.refresh("wild", own: ConnectionID("bobs"), of: PersonID("alice"), in: acme)
        }
        #expect(wild.asked.isEmpty)
        _ = try await desk.refresh("wild", own: alices.id, of: PersonID("alice"), in: acme)
        #expect(wild.asked == [alices])
        #expect(try await asked().last?["by"]?.stringValue == "person:alice")
        _ = try await administration.suspendPerson(PersonID("alice"), by: operating, in: acme)
        await #expect(throws: RegistryError.self) {
            try await desk.refresh("wild", own: alices.id, of: PersonID("alice"), in: acme)
        }
        #expect(wild.asked.count == 1)
    }

    @Test func `what nobody else has a credential for is compared when a person's own call went out`() async throws {
        try await add(wantsCredential: true)
        _ = try await desk.refresh("wild", own: alices.id, of: PersonID("alice"), in: acme)
        try await release()
        let watch = watch()
        wild.set("icons", to: [["src": "https://evil.test/i.png"]])
        tell(alices.id)
        clock.advance(seconds: 70)
        #expect(try await watch.sweep().isEmpty, "it was compared lately")
        clock.advance(seconds: 5000)
        #expect(try await watch.sweep().isEmpty, "nobody has called since")
        tell(alices.id)
        #expect(try await watch.sweep().map(\.quarantined) == [["search"]])
        #expect(wild.asked == [alices, alices])
        #expect(try await asked().last?["call"]?.stringValue == "c1")
        tell(alices.id)
        #expect(try await watch.sweep().isEmpty)
    }

    @Test func `a server that tells of a change is asked at once, and once a minute at most`() async throws {
        try await add()
        _ = try await desk.refresh("wild", by: operating, in: acme)
        try await release()
        clock.advance(seconds: 1)
        let watch = watch()
        _ = try await watch.sweep()
        clock.advance(seconds: 70)
        wild.set("description", to: "Something else.")
        tell(nil, saysToolsChanged: true)
        #expect(try await watch.sweep().map(\.quarantined) == [["search"]])
        tell(nil, saysToolsChanged: true)
        #expect(try await watch.sweep().isEmpty)
        clock.advance(seconds: 70)
        tell(nil)
        #expect(try await watch.sweep().count == 1, "that it said so isn't forgotten for a later call")
        #expect(try await watch.sweep().isEmpty)
    }

    @Test func `of several gateways one asks by the clock, and each hears its own calls`() async throws {
        try await add()
        leads.set(false)
        let watch = watch()
        #expect(try await watch.sweep().isEmpty)
        tell(nil, saysToolsChanged: true)
        #expect(try await watch.sweep().count == 1)
        clock.advance(seconds: 5000)
        #expect(try await watch.sweep().isEmpty)
        leads.set(true)
        #expect(try await watch.sweep().count == 1)
    }

    @Test func `comparing without a change moves no epoch`() async throws {
        try await add()
        let watch = watch()
        _ = try await watch.sweep()
        let before = await store.readings(of: [.organization(acme)])
        clock.advance(seconds: 4000)
        #expect(try await watch.sweep().count == 1)
        #expect(await store.readings(of: [.organization(acme)]) == before)
    }
}
