import Authority
import Definition
import Gate
import Logging
import Registry
import Synchronization
import Twins
import Vault
import Wire

@testable import Broker

/// A cache key without what makes it safe, or a credential source that takes what it gets.
enum MatrixFault: Sendable {
    case none
    /// The connections that were read last are told apart by provider alone.
    case connectionsForgetOwner
    /// The sealed record that was read last is used for every connection.
    case recordsForgetConnection
    /// What was read of one agent is used for every agent that the same person asks.
    case mandatesForgetAgent
    /// What was read of one person is used for everybody who asks the same agent.
    case factsForgetPerson
    /// The tokens that were read last are used for every connection.
    case tokensForgetConnection
    /// Any valid credential of the provider.
    case anyCredential
}

/// The gate with its real resolver, caches and seals over a real store, every pair of a person and an agent, and a table of
/// the test's own that says who must be seen.
struct Matrix: Sendable {
    let cast: MatrixCast
    let store: any MatrixStore
    let table = MatrixTable()
    let tokens: MatrixTokens
    let clock = FakeWorld()
    let gate: ActionGate
    let desk: ConnectionDesk
    let connections: StoredConnections
    let upstream: MatrixUpstream
    /// What is known of everybody.
    let claims: [PersonClaim]

    static func make(
        _ cast: MatrixCast, in store: any MatrixStore, with fault: MatrixFault = .none
    ) async throws -> Matrix {
        let providers = try MatrixTokens.shelf()
        let shelf = ToolShelf(try MatrixCast.providers.map { try tool(at: $0, of: providers) })
        for batch in [cast.records, try cast.agreements(shelf.catalogue)] {
            try await store.commit(Transaction(changes: batch))
        }
        try await store.commit(
            Transaction(
                changes: MatrixCast.identities.flatMap { identity in
                    (0..<cast.agents).map { number in
                        let definition = cast.definition(identity, number)
                        return RegistryChange.addAgent(
                            AgentRecord(
                                id: definition.agent, organization: MatrixCast.organization,
                                definition: definition.json, standing: .active))
                    }
                }))
        return try await Matrix(cast, store, fault, providers, shelf)
    }

    private init(
        _ cast: MatrixCast, _ store: any MatrixStore, _ fault: MatrixFault, _ providers: ProviderShelf,
        _ shelf: ToolShelf
    ) async throws {
        self.cast = cast
        self.store = store
        claims = cast.claims
        tokens = MatrixTokens(table: table)
        let world = clock.world
        let keys = try KeyRing.ephemeral()
        let fingerprints = Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes))
        desk = ConnectionDesk(
            store: store, commits: store, errands: MatrixErrands(table: table), keys: keys, fingerprints: fingerprints,
            providers: providers, world: world)
        let apps = AppDesk(store: store, commits: store, keys: keys, providers: providers, world: world)
        var secret = Array("app-secret".utf8)
        _ = try await apps.add(
            MatrixTokens.provider, in: MatrixCast.organization, clientID: "deputy", authentication: nil,
            secret: &secret, replaces: false, by: "test")
        let keeper = TokenKeeper(
            store: store, commits: store, errands: tokens, accounts: MatrixErrands(table: table), keys: keys,
            fingerprints: fingerprints, apps: apps, providers: providers, remotes: .none, world: world,
            people: { _ in [] }, subjects: { _, _ in [] }, pause: { _ in await Task.yield() },
            log: Logger(label: "matrix") { _ in SwiftLogNoOpLogHandler() },
            refusalPause: 0, key: { fault == .tokensForgetConnection ? ConnectionID("any") : $0 })
        // Caches so small that most of what they hold is evicted before it is wanted again.
        connections = StoredConnections(
            store: store, commits: store, world: world,
            known: KnownConnections(bound: 64) { scope in
                guard fault == .connectionsForgetOwner, case .connections(let organization, _, let provider) = scope
                else { return scope }
                return .connections(organization, .person(PersonID("anybody")), provider)
            })
        let sealed = SealedCredentials(
            store: store, commits: store, keys: keys, fingerprints: fingerprints, providers: providers,
            tokens: keeper,
            known: KnownRecords(bound: 64) { fault == .recordsForgetConnection ? ConnectionID("any") : $0 }
        )
        upstream = MatrixUpstream(
            credentials: fault == .anyCredential ? AnyCredential(sealed) : sealed, table: table, tokens: tokens)
        let live = LiveShelf(shelf)
        let registry = RegistryFacts(
            store: store, commits: store, shelf: live, world: world)
        let facts: any Facts =
            switch fault {
            case .mandatesForgetAgent: ForgetfulFacts(registry) { "\($0.requester)" }
            case .factsForgetPerson: ForgetfulFacts(registry) { "\($0.agent)" }
            case .none, .connectionsForgetOwner, .recordsForgetConnection, .tokensForgetConnection, .anyCredential:
                registry
            }
        gate = ActionGate(
            shelf: live, facts: facts, connections: connections, sessions: store, budgets: store, commits: store,
            upstream: upstream, approvals: store, payloads: store, sealing: SealedPayloads(keys: keys), world: world,
            log: Logger(label: "matrix") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func tool(at provider: ProviderID, of providers: ProviderShelf) throws -> CallableTool {
        CallableTool(
            spec: ToolSpec(
                name: "\(provider).who", provider: provider, effect: .read,
                host: providers.manifest(of: provider)?.origin ?? ""),
            title: "Who", text: "Whose account it is.",
            schema: try JSONSchema(["type": "object", "properties": ["number": ["type": "string"]]]),
            roles: ["number": .selector], planner: MatrixPlanner(), executor: MatrixExecutor())
    }
}

/// A call of the matrix, and what became of it.
struct MatrixCall: Sendable {
    let number: Int
    let pair: MatrixCast.Pair
    let provider: ProviderID
    var start = 0
    var end = 0
    var answer: Answer?
}

extension Matrix {
    /// Calls every pair once at one of the providers, in an order that the seed says, so many at a time, and changes whose
    /// accounts are what between any two of them.
    ///
    /// - Returns: what is found by comparing the upstream's journal with the table.
    func run(seed: UInt64, atATime: Int = 48) async throws -> MatrixReport {
        var dice = MatrixDice(seed: seed)
        let calls = cast.pairs.shuffled(using: &dice).enumerated().map { number, pair in
            MatrixCall(
                number: number, pair: pair,
                provider: MatrixCast.providers[Int.random(in: 0..<MatrixCast.providers.count, using: &dice)])
        }
        let queue = MatrixQueue(calls)
        let (turns, turn) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let changes = MatrixChanges(matrix: self, dice: dice)
        async let changed = changes.run(on: turns)
        let called = await withTaskGroup(of: [MatrixCall].self) { group in
            for _ in 0..<atATime {
                group.addTask {
                    var done: [MatrixCall] = []
                    while let next = queue.next() {
                        if next.number.isMultiple(of: 12) { turn.yield() }
                        done.append(await call(next))
                    }
                    return done
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        turn.finish()
        return MatrixReport(of: called, in: self, changes: try await changed)
    }

    private func call(_ call: MatrixCall) async -> MatrixCall {
        var call = call
        // Tokens end by themselves, and some before their time, while other calls are under way.
        if call.number.isMultiple(of: 8) { clock.advance(seconds: 1) }
        if call.number.isMultiple(of: 5) { tokens.endOne(number: call.number) }
        call.start = table.tick()
        call.answer = await gate.perform(
            ToolCallRequest(
                organization: MatrixCast.organization, agent: cast.agent(call.pair.identity, call.pair.agent),
                requester: .person(cast.person(call.pair.person)), client: cast.client(call.pair.person),
                trigger: .call, tool: "\(call.provider).who", arguments: ["number": .string("\(call.number)")]))
        call.end = table.tick()
        return call
    }
}

/// Calls that wait for somebody to make them.
private final class MatrixQueue: Sendable {
    private let calls: [MatrixCall]
    private let count = Atomic(0)

    init(_ calls: [MatrixCall]) {
        self.calls = calls
    }

    func next() -> MatrixCall? {
        let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
        return number < calls.count ? calls[number] : nil
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014), so that a run can be repeated.
struct MatrixDice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
