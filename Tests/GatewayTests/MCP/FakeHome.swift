import Authority
import Gate
import Logging
import Registry
import Synchronization
import Twins
import Wire

/// A home in memory, as small as the MCP server's tests need it: Alice, Bob and Dana of `acme`, Eve of `rival`.
///
/// Every connection's account is its owner's name, and a tool answers with it: so an answer shows whose credential was used.
final class FakeHome: Sendable {
    struct State {
        var commits = 0
        var submitted = 0
        var calls: [JudgedCall] = []
        /// Whether tokens can't be looked up.
        var isBroken = false
        /// What every commit fails with.
        var commitError: CommitError?
        /// What every epoch is now; decisions have read 0.
        var epoch: Int64 = 0
    }

    static let acme = OrganizationID("acme")
    static let rival = OrganizationID("rival")

    private let state = Mutex(State())
    let mandates: [AgentID: Mandate]
    let clients: [String: AuthenticatedClient]
    /// What waits for approvers.
    let memory = MemoryStore()
    /// Where a call of `notes.stuck` waits before it is decided.
    let holdUp = HoldUp()

    init(clients: [String: AuthenticatedClient] = FakeHome.people) throws {
        self.clients = clients
        let catalogue = ToolShelf(try FakeTool.all(executor: Answering())).catalogue
        var mandates: [AgentID: Mandate] = [:]
        for definition in FakeHome.definitions {
            mandates[definition.agent] = try Mandate(compiling: definition, with: catalogue)
        }
        self.mandates = mandates
    }

    var calls: [JudgedCall] { state.withLock(\.calls) }
    var commits: Int { state.withLock(\.commits) }

    func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    static let people = [
        "alice-token": client("alice", ["helper", "private", "bare", "ghost"]),
        "bob-token": client("bob", ["helper"]),
        "dana-token": client("dana", ["helper", "private"]),
        "eve-token": AuthenticatedClient(
            client: "eve-client", organization: rival, person: "eve", agents: ["helper"]),
    ]

    static func client(_ person: String, _ agents: Set<AgentID>) -> AuthenticatedClient {
        AuthenticatedClient(
            client: ClientID("\(person)-client"), organization: acme, person: PersonID(person), agents: agents)
    }

    private static var definitions: [AgentDefinition] {
        var helper = AgentDefinition(organization: acme, agent: "helper", owner: "dana")
        helper.actsAs = .assistant
        helper.users = .everyone
        helper.slots = [Slot(provider: "notes", owner: .person), Slot(provider: "calendar", owner: .person)]
        helper.deny = ["notes.hidden"]
        var reserved = helper
        reserved.agent = "private"
        reserved.users = .only(["dana"])
        var bare = helper
        bare.agent = "bare"
        bare.actsAs = nil
        return [helper, reserved, bare]
    }

    func gate() throws -> ActionGate {
        let ids = Atomic<Int>(0)
        return ActionGate(
            shelf: LiveShelf(ToolShelf(try FakeTool.all(executor: Answering(home: self)))), facts: self,
            connections: self,
            sessions: self, budgets: self, commits: self, upstream: NoUpstream(), approvals: memory,
            payloads: memory, sealing: self,
            world: World(
                now: { Timestamp(microseconds: 1_800_000_000_000_000) },
                newID: { "\($0)-\(ids.add(1, ordering: .relaxed).newValue)" }),
            log: .silent)
    }
}

extension FakeHome: TokenAuthentication {
    struct Broken: Error {}

    func client(bearing token: String) async throws -> AuthenticatedClient? {
        if state.withLock(\.isBroken) { throw Broken() }
        return clients[token]
    }
}

extension FakeHome: Facts {
    func facts(for request: ToolCallRequest) async throws -> AuthorityFacts? {
        guard let mandate = mandates[request.agent], mandate.organization == request.organization else { return nil }
        if request.tool == "notes.stuck" { await holdUp.wait() }
        return AuthorityFacts(
            mandate: mandate, definition: .sha256(of: []), standing: StandingFacts(),
            client: ClientFacts(ceiling: request.ceiling, agents: [request.agent]), subjects: [:],
            agreed: mandate.capabilities,
            directory: KnownDirectory(
                peopleByAddress: ["bob@acme.test": "bob"], active: ["alice", "bob", "dana"]),
            epochs: [])
    }
}

extension FakeHome: ConnectionSource {
    func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> FoundConnections {
        let epoch = EpochReading(scope: .connections(organization, owner, provider), value: 0)
        guard provider == "notes", case .person(let person) = owner else {
            return FoundConnections(connections: [], epoch: epoch)
        }
        let facts = ConnectionFacts(
            id: ConnectionID("\(person)-notes"), provider: provider, owner: owner, host: "notes.test",
            account: person.raw, scopes: [], health: .healthy)
        let use = ConnectionUse(
            facts: facts, organization: organization, generation: 1, fingerprint: "f", origin: "https://notes.test")
        return FoundConnections(connections: [use], epoch: epoch)
    }

    func wasRefused(_ use: ConnectionUse) async -> Bool { false }
}

extension FakeHome: SessionStates, Budgets, Commits, PayloadSealing {
    func state(of session: SessionKey) async throws -> SessionState? { nil }
    func sessions(in organization: OrganizationID, limit: Int) async throws -> [StoredSession] { [] }
    func used(_ window: BudgetWindow) async throws -> Int { 0 }
    func commit(_ transaction: Transaction) async throws(CommitError) {
        if let error = state.withLock(\.commitError) { throw error }
        try await memory.commit(Transaction(changes: transaction.changes))
        state.withLock { $0.commits += 1 }
    }

    func submit(_ transaction: Transaction) { state.withLock { $0.submitted += 1 } }
    func knownEpoch(of scope: EpochScope) -> Int64? { epoch(of: scope) }
    func epoch(of scope: EpochScope) -> Int64 { state.withLock(\.epoch) }

    /// Opens under the same id alone, as the vault does.
    func seal(_ payload: [UInt8], id: String) throws -> [UInt8] { Digest.sha256(of: Array(id.utf8)).bytes + payload }

    func open(_ sealed: [UInt8], id: String) throws -> [UInt8] {
        guard sealed.starts(with: Digest.sha256(of: Array(id.utf8)).bytes) else { throw Broken() }
        return Array(sealed.dropFirst(32))
    }
}
