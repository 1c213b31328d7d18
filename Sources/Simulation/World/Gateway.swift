import Authority
import Broker
import Definition
import Gate
import Ledger
import Logging
import Registry
import Vault

/// The product, wired as its program wires it, over what one process reaches.
struct Gateway: Sendable {
    let life: Life
    let store: SimulatedStore
    let world: World
    let gate: ActionGate
    let desk: ApprovalDesk
    let runner: ApprovalRunner
    let administration: Administration
    let agreements: AgreementDesk
    let tokens: StoredTokens
    let connections: ConnectionDesk
    let checkpointer: Checkpointer
    let notices: NoticeRunner
    let audit: VaultAudit
    let recovery: Recovery
    let keeper: TokenKeeper
    let apps: AppDesk
    let log: Logger
    /// Whether it has started.
    let isReady = Confined(false)
    let isSendingNotices = Confined(false)

    init(_ universe: Universe, _ life: Life, keys: VaultKeys, notBefore earliest: Timestamp) {
        self.life = life
        let store = SimulatedStore(universe: universe, life: life)
        self.store = store
        let now = universe.clock.reading(notBefore: earliest)
        let world = World(
            // Whatever a process that is gone still waits for is over.
            now: { life.isOver ? Timestamp(microseconds: .max / 2) : now() }, newID: { universe.newID($0) },
            jitter: { Double(universe.generator.below(2_001) - 1_000) / 1_000 },
            reached: { Trace.current?.reach($0, in: universe.queue.current) })
        self.world = world
        let log = Logger(label: "simulation") { _ in SimulatedLog(oracle: universe.oracle) }
        self.log = log
        let shelf = LiveShelf(Cast.shelf(retries: universe.bug == .retryOfUnknown))
        let errands = SimulatedErrands(universe: universe, life: life)
        let providers = universe.tokens == nil ? Cast.providers : Cast.signIn
        apps = AppDesk(store: store, commits: store, keys: keys.ring, providers: providers, world: world)
        keeper = Gateway.keeper(universe, life, keys, errands, providers, world, log)
        let egress = SimulatedEgress(
            universe: universe, life: life,
            credentials: SealedCredentials(
                store: store, commits: store, keys: keys.ring, fingerprints: VaultKeys.fingerprints,
                providers: providers, tokens: keeper))
        gate = ActionGate(
            shelf: shelf, facts: RegistryFacts(store: store, commits: store, shelf: shelf, world: world),
            connections: StoredConnections(store: store, commits: store, world: world), sessions: store,
            budgets: store, commits: store, upstream: egress, approvals: store, payloads: store,
            sealing: SimulatedSealing(universe: universe, life: life, inner: SealedPayloads(keys: keys.ring)),
            asking: AskSettings(
                caps: AskCaps(perSource: 6, perApprover: 12), notices: QueuedNotice.changes(for:),
                connectionNotices: QueuedNotice.changes(for:)),
            world: world, log: log)
        desk = ApprovalDesk(gate: gate)
        runner = ApprovalRunner(gate: gate, bell: Bell(), log: log)
        administration = Administration(
            store: store, commits: store, shelf: shelf, world: world,
            accounts: { try await store.connections(in: $0, of: nil).map(\.held) }, isDemo: true)
        agreements = AgreementDesk(administration: administration)
        tokens = StoredTokens(store: store, grants: store, commits: store, world: world)
        let checkpointer = Checkpointer(store: store, keys: Cast.ledger, log: log)
        self.checkpointer = checkpointer
        connections = ConnectionDesk(
            store: store, commits: store, errands: errands, keys: keys.ring,
            fingerprints: VaultKeys.fingerprints, providers: providers,
            sign: { if universe.hasFaults { try? await checkpointer.signAll() } }, world: world)
        notices = NoticeRunner(
            store: store, addressees: SimulatedAddressees(store: store),
            ways: SimulatedNotifier(universe: universe, life: life, route: universe.noticeRoute), link: { _, _ in "/" },
            world: world, jitter: { 0.5 }, deadline: { for _ in 0..<60 { await Task.yield() } },
            isMissing: { notice, provider in
                try await !store.connections(in: notice.organization, of: nil).contains {
                    $0.provider == provider && $0.health == .healthy && $0.created > notice.created
                }
            }, bell: Bell(), log: log)
        recovery = Recovery(commits: store, calls: store, world: world, log: log)
        audit = VaultAudit(
            connections: store, ledger: store, commits: store, keys: keys.ring, signing: Cast.ledger, world: world)
    }

    /// What renews tokens, over ports that know it from everything else.
    private static func keeper(
        _ universe: Universe, _ life: Life, _ keys: VaultKeys, _ errands: SimulatedErrands, _ providers: ProviderShelf,
        _ world: World, _ log: Logger
    ) -> TokenKeeper {
        let store = SimulatedStore(universe: universe, life: life, isRenewing: true)
        let server = universe.tokens ?? SimulatedTokenServer(clock: universe.clock, lifetime: 60)
        return TokenKeeper(
            store: store, commits: store,
            errands: SimulatedTokenErrands(universe: universe, life: life, server: server, now: world.now),
            accounts: errands, keys: keys.ring, fingerprints: VaultKeys.fingerprints,
            apps: AppDesk(store: store, commits: store, keys: keys.ring, providers: providers, world: world),
            providers: providers, world: world, people: { _ in [] },
            pause: { duration in
                // Time goes on for whoever waits, and a process that is gone waits for nothing.
                if !life.isOver {
                    universe.clock.advance(microseconds: duration.components.attoseconds / 1_000_000_000_000)
                }
                await Task.yield()
            }, log: log)
    }

    /// What the program does before it takes calls.
    func start() async throws {
        for organization in Cast.organizations { _ = try await audit.distrustUnsigned(in: organization) }
        _ = try await recovery.run(version: "simulation")
        try await checkpointer.signAll()
    }
}

/// The keys of the home, which outlive its processes.
struct VaultKeys: Sendable {
    let ring: KeyRing
    static let fingerprints = Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes))

    init() throws {
        ring = try KeyRing.ephemeral()
    }
}

struct SimulatedAddressees: Addressees {
    let store: any RegistryStore

    func address(of person: PersonID, in organization: OrganizationID) async throws -> String? {
        guard let record = try await store.person(person, in: organization), record.standing == .active else {
            return nil
        }
        return record.email
    }
}

extension ConnectionRecord {
    fileprivate var held: HeldAccount { HeldAccount(connection: use.facts, name: accountName, email: email) }
}
