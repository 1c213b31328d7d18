public import Authority
public import Definition
public import Gate
import Ledger
public import Logging
import OAuth
import Synchronization
public import Vault
import Wire

/// An access token, opened for one request.
struct HeldToken: ~Copyable {
    let generation: Int64
    private let secret: Secret

    init(generation: Int64, secret: consuming Secret) {
        self.generation = generation
        self.secret = secret
    }

    consuming func take() -> Secret { secret }
}

/// Keeps the tokens of connections alive: each is renewed by one caller of one process at a time, however many want it.
///
/// Inside a process the callers of one connection share one attempt. Between processes an attempt takes a lease, which may
/// run out under whoever has it: what makes it safe is that new tokens are written only over the generation that they were
/// asked with. An attempt is durable before anything is sent, and new tokens before anybody sees them, since losing a
/// rotated refresh token can't be mended.
public final class TokenKeeper: Sendable {
    let store: any TokenSetStore & ConnectionStore
    let commits: any Commits
    let errands: any TokenErrands
    /// Asks whose a token is.
    let accounts: any Errands
    let apps: AppDesk
    let sealing: TokenSealing
    let providers: ProviderShelf
    let services: Services
    let world: World
    let pause: @Sendable (Duration) async -> Void
    /// Everybody in an organization, as they are now.
    let people: @Sendable (OrganizationID) async throws -> [PersonClaim]
    /// Whom an agent may be, by its definition as it is now.
    let subjects: @Sendable (OrganizationID, AgentID) async throws -> Set<String>
    /// Nil where no other gateway can take over.
    let leases: (any FreshLeases)?
    let log: Logger
    /// How many attempts have asked, and have neither failed nor been written.
    let underWay = Mutex(0)
    /// The providers at which what is due is being renewed.
    let busy = Mutex<Set<ProviderID>>([])
    private let known = Mutex<[ConnectionID: TokenSet]>([:])
    /// What tells the tokens of two connections apart. Tests mix them up, to see what stands behind it.
    private let key: @Sendable (ConnectionID) -> ConnectionID
    /// In seconds, after the first refusal. Tests in which providers refuse all the time wait for nothing.
    private let refusalPause: Int64
    /// The tokens that were refused first, of late: those that came after them are no better.
    private let refusals = Mutex<[ConnectionID: Refusal]>([:])
    private let flights = Mutex<[ConnectionID: Task<Renewal, Never>]>([:])

    /// - Parameter pause: waits, or returns at once in a test that owns the clock.
    public convenience init(
        store: any TokenSetStore & ConnectionStore, commits: any Commits, errands: any TokenErrands,
        accounts: any Errands, keys: KeyRing, fingerprints: Fingerprints, apps: AppDesk, providers: ProviderShelf,
        remotes: RemoteServices = .none, world: World,
        people: @escaping @Sendable (OrganizationID) async throws -> [PersonClaim],
        subjects: @escaping @Sendable (OrganizationID, AgentID) async throws -> Set<String> = { _, _ in [] },
        leases: (any FreshLeases)? = nil,
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }, log: Logger
    ) {
        self.init(
            store: store, commits: commits, errands: errands, accounts: accounts, keys: keys,
            fingerprints: fingerprints, apps: apps, providers: providers, remotes: remotes, world: world,
            people: people, subjects: subjects, leases: leases, pause: pause, log: log, key: { $0 })
    }

    init(
        store: any TokenSetStore & ConnectionStore, commits: any Commits, errands: any TokenErrands,
        accounts: any Errands, keys: KeyRing, fingerprints: Fingerprints, apps: AppDesk, providers: ProviderShelf,
        remotes: RemoteServices, world: World,
        people: @escaping @Sendable (OrganizationID) async throws -> [PersonClaim],
        subjects: @escaping @Sendable (OrganizationID, AgentID) async throws -> Set<String>,
        leases: (any FreshLeases)? = nil, pause: @escaping @Sendable (Duration) async -> Void, log: Logger,
        refusalPause: Int64 = 5, key: @escaping @Sendable (ConnectionID) -> ConnectionID
    ) {
        self.refusalPause = refusalPause
        self.key = key
        self.store = store
        self.commits = commits
        self.errands = errands
        self.accounts = accounts
        self.apps = apps
        sealing = TokenSealing(keys: keys, fingerprints: fingerprints)
        self.providers = providers
        services = Services(providers: providers, remotes: remotes)
        self.world = world
        self.people = people
        self.subjects = subjects
        self.leases = leases
        self.pause = pause
        self.log = log
    }

    private struct Refusal {
        let grant: String
        let generation: Int64
        let at: Timestamp
        /// How often in a row.
        let count: Int64
    }

    /// A token that lives. One that should be renewed soon is given out meanwhile, and nobody waits for its successor.
    ///
    /// - Parameter rejected: a generation that the provider refused, so that it doesn't do.
    func token(for use: ConnectionUse, rejecting rejected: Int64?) async throws(CredentialError) -> HeldToken {
        if let token = remembered(use, rejected) { return token }
        // Whoever comes while it is renewed waits for that, and needn't ask the store then.
        if let flight = flights.withLock({ $0[use.facts.id] }) {
            _ = await flight.value
            if let token = remembered(use, rejected) { return token }
        }
        if let rejected { try noteRefusal(of: use, rejected) }
        // Each round ends in a token, a refusal, or a later generation; more than a few of those at once is a fault.
        for _ in 0..<5 {
            let tokens = try await read(use)
            if isUsable(tokens, rejected) {
                do throws(CredentialError) {
                    return try open(tokens, for: use)
                } catch {
                    throw await isOutdated(use, error) ? .notAsJudged : error
                }
            }
            switch await renewed(use, beyond: tokens.generation, isRefused: tokens.generation == rejected) {
            case .there: if let token = remembered(use, rejected) { return token }
            case .failed(let error): throw error
            }
        }
        throw .notRenewed("its tokens change all the time")
    }

    func remembered(of id: ConnectionID) -> TokenSet? { known.withLock { $0[key(id)] } }

    /// What is refused as soon as it was renewed isn't mended by renewing it: an API that refuses everything has it renewed
    /// after 5, 10, 20, 40 and then every 60 seconds.
    private func noteRefusal(of use: ConnectionUse, _ generation: Int64) throws(CredentialError) {
        let now = world.lasting()
        let isAgain = refusals.withLock { refusals in
            var count: Int64 = 0
            if let last = refusals[use.facts.id], last.grant == use.fingerprint, now < last.at.adding(seconds: 120) {
                if generation <= last.generation { return false }
                if now < last.at.adding(seconds: min(60, refusalPause << last.count)) { return true }
                count = min(last.count + 1, 4)
            }
            if refusals.count >= 10_000 { refusals.removeAll(keepingCapacity: true) }
            refusals[use.facts.id] = Refusal(grant: use.fingerprint, generation: generation, at: now, count: count)
            return false
        }
        if isAgain { throw .notRenewed("`\(use.facts.provider)` refuses tokens that it has just given") }
    }

    private func remembered(_ use: ConnectionUse, _ rejected: Int64?) -> HeldToken? {
        guard let tokens = known.withLock({ $0[key(use.facts.id)] }), tokens.grant == use.fingerprint,
            isUsable(tokens, rejected)
        else { return nil }
        return try? open(tokens, for: use)
    }

    private func isUsable(_ tokens: TokenSet, _ rejected: Int64?) -> Bool {
        tokens.generation != rejected && isAlive(tokens)
    }

    /// Whether tokens don't open for want of the account's name by now: the connection was judged with the one before.
    func isOutdated(_ use: ConnectionUse, _ error: CredentialError) async -> Bool {
        guard case .sealBroken(let fault) = error, fault.code == .misplaced,
            let row = try? await store.connection(use.facts.id)
        else { return false }
        return row.use.facts.account != use.facts.account && row.fingerprint == use.fingerprint
    }

    /// The tokens as they are stored.
    func read(_ use: ConnectionUse) async throws(CredentialError) -> TokenSet {
        let found: TokenSet?
        do {
            found = try await store.tokens(of: use.facts.id)
        } catch {
            throw .unreadable("the store can't be read")
        }
        guard let found else { throw .gone }
        guard found.grant == use.fingerprint else { throw .notAsJudged }
        keep(found)
        return found
    }

    func keep(_ tokens: TokenSet) {
        known.withLock {
            if $0.count >= 10_000 { $0.removeAll(keepingCapacity: true) }
            $0[key(tokens.connection)] = tokens
        }
    }

    func forget(_ id: ConnectionID) { known.withLock { $0[key(id)] = nil } }

    private func open(_ tokens: TokenSet, for use: ConnectionUse) throws(CredentialError) -> HeldToken {
        let token: HeldToken
        do throws(VaultError) {
            token = HeldToken(generation: tokens.generation, secret: try sealing.access(of: tokens, for: use))
        } catch {
            throw .sealBroken(error)
        }
        if isStale(tokens) { renewBeside(use, beyond: tokens.generation) }
        return token
    }

    /// Shortly before its end it may be over when it gets there: ten seconds, or a tenth of a life that is shorter.
    func isAlive(_ tokens: TokenSet) -> Bool {
        end(of: tokens).map { world.lasting() < $0 } ?? true
    }

    func end(of tokens: TokenSet) -> Timestamp? {
        tokens.expires.map { expires in
            let slack = min(10_000_000, (expires.microseconds - tokens.obtained.microseconds) / 10)
            return Timestamp(microseconds: expires.microseconds - slack)
        }
    }

    func isStale(_ tokens: TokenSet) -> Bool { tokens.due.map { $0 <= world.lasting() } ?? false }

    /// What becomes of the one attempt that all callers of a connection share.
    ///
    /// - Parameter isRefused: whether the API refuses the token of this generation, however long it should live.
    func renewed(_ use: ConnectionUse, beyond generation: Int64, isRefused: Bool = false) async -> Renewal {
        let id = use.facts.id
        let flight = flights.withLock { flights in
            if let flight = flights[id] { return flight }
            let flight = Task {
                let renewal = await self.renew(use, beyond: generation, isRefused: isRefused)
                self.flights.withLock { $0[id] = nil }
                return renewal
            }
            flights[id] = flight
            return flight
        }
        return await flight.value
    }

    private func renewBeside(_ use: ConnectionUse, beyond generation: Int64) {
        guard flights.withLock({ $0[use.facts.id] == nil }) else { return }
        Task { _ = await renewed(use, beyond: generation) }
    }
}

/// How an attempt ended.
enum Renewal: Sendable {
    /// There are later tokens, whoever got them.
    case there
    case failed(CredentialError)
}
