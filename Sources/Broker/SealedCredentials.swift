public import Authority
public import Definition
public import Gate
import OAuth
import Synchronization
public import Vault
import Wire

/// Opens the secret of exactly the connection that a permit names.
public struct SealedCredentials: CredentialSource {
    private let store: any ConnectionStore
    private let commits: any Commits
    private let keys: KeyRing
    private let fingerprints: Fingerprints
    private let placements: [ProviderID: Placement]
    private let refusals: [ProviderID: RefusalShape]
    private let tokens: TokenKeeper?
    private let exchanges: TokenExchanger?
    private let exchanging: Set<ProviderID>
    private let known: KnownRecords

    /// - Parameters:
    ///   - tokens: nil where no connection has any.
    ///   - exchanges: nil where none are exchanged.
    public init(
        store: any ConnectionStore, commits: any Commits, keys: KeyRing, fingerprints: Fingerprints,
        providers: ProviderShelf, tokens: TokenKeeper?, exchanges: TokenExchanger? = nil
    ) {
        self.init(
            store: store, commits: commits, keys: keys, fingerprints: fingerprints, providers: providers,
            tokens: tokens, exchanges: exchanges, known: KnownRecords())
    }

    init(
        store: any ConnectionStore, commits: any Commits, keys: KeyRing, fingerprints: Fingerprints,
        providers: ProviderShelf, tokens: TokenKeeper?, exchanges: TokenExchanger? = nil, known: KnownRecords
    ) {
        self.exchanges = exchanges
        exchanging = Set(providers.all.filter { $0.oauth?.exchange != nil }.map(\.provider))
        self.known = known
        self.store = store
        self.commits = commits
        self.keys = keys
        self.fingerprints = fingerprints
        self.tokens = tokens
        refusals = Dictionary(uniqueKeysWithValues: providers.all.map { ($0.provider, $0.refusal) })
        placements = Dictionary(uniqueKeysWithValues: providers.all.map { ($0.provider, $0.credential.placement) })
    }

    public func credential(
        for use: ConnectionUse, by agent: AgentID?
    ) async throws(CredentialError) -> Credential {
        try await credential(for: use, by: agent, rejecting: nil)
    }

    public func credential(
        for use: ConnectionUse, by agent: AgentID?, rejecting generation: Int64
    ) async throws(CredentialError) -> Credential? {
        try await credential(for: use, by: agent, rejecting: generation as Int64?)
    }

    public func isRefused(_ answer: UpstreamAnswer, for use: ConnectionUse) -> Bool {
        if answer.status == 401 {
            // Another token by the same grant would be refused too.
            let challenge = answer.header("www-authenticate").flatMap(BearerChallenge.init)
            return !(challenge?.wantsSignIn ?? false)
        }
        guard answer.status == 200, let refusal = refusals[use.facts.provider], let success = refusal.success,
            let code = refusal.code, let body = try? JSON.parse(answer.body),
            body.value(at: success)?.boolValue == false, let named = body.value(at: code)?.stringValue
        else { return false }
        return refusal.credentialCodes.contains(named)
    }

    /// A record that was read before is used again while its owner's epoch stands. A rotation of the vault's keys seals
    /// anew without moving it, so that one that doesn't open is read again.
    private func credential(
        for use: ConnectionUse, by agent: AgentID?, rejecting generation: Int64?
    ) async throws(CredentialError) -> Credential {
        let epoch = await commits.epoch(of: .connections(use.organization, use.facts.owner, use.facts.provider))
        if let record = known.record(use.facts.id, at: epoch) {
            if OwnGrant.hasTokens(record.kind), record.use == use {
                return try await credential(granted: record, for: use, by: agent, rejecting: generation)
            }
            if let credential = try? credential(in: record, for: use) { return credential }
        }
        let record: ConnectionRecord?
        do {
            record = try await store.connection(use.facts.id)
        } catch {
            throw .unreadable("the store can't be read")
        }
        guard let record else { throw .gone }
        known.keep(record, at: epoch)
        if OwnGrant.hasTokens(record.kind) {
            return try await credential(granted: record, for: use, by: agent, rejecting: generation)
        }
        return try credential(in: record, for: use)
    }

    private func placement(of record: ConnectionRecord, for use: ConnectionUse) throws(CredentialError) -> Placement {
        guard record.health == .healthy else { throw .gone }
        guard record.owner == use.facts.owner, record.organization == use.organization,
            record.provider == use.facts.provider, record.origin == use.origin, record.generation == use.generation,
            let placement = placements[use.facts.provider] ?? (record.isRemote ? .bearer : nil)
        else { throw .notAsJudged }
        return placement
    }

    private func credential(
        granted record: ConnectionRecord, for use: ConnectionUse, by agent: AgentID?, rejecting generation: Int64?
    ) async throws(CredentialError) -> Credential {
        let placement = try placement(of: record, for: use)
        guard record.fingerprint == use.fingerprint else { throw .notAsJudged }
        guard let tokens else { throw .unreadable("nobody keeps its tokens here") }
        if OwnGrant.isForSubject(record.kind), case .agent(let owner) = use.facts.owner {
            try await tokens.requireSubject(of: use, owner)
        }
        let held: HeldToken
        if exchanging.contains(use.facts.provider) {
            guard let exchanges, let agent else { throw .unreadable("nobody exchanges its tokens here") }
            held = try await exchanges.token(for: use, by: agent, rejecting: generation)
        } else {
            held = try await tokens.token(for: use, rejecting: generation)
        }
        let number = held.generation
        return Credential(placement: placement, secret: held.take(), generation: number)
    }

    private func credential(
        in record: ConnectionRecord, for use: ConnectionUse
    ) throws(CredentialError) -> Credential {
        let placement = try placement(of: record, for: use)
        let secret: Secret
        do throws(VaultError) {
            // The context is the permit's, not the row's: a secret that was put under another owner doesn't open.
            secret = try keys.open(SealedSecret(bytes: record.sealed), use.sealContext(kind: record.kind))
        } catch {
            throw .sealBroken(error)
        }
        // A secret of the same owner and connection, but not the one that was judged.
        guard fingerprints.of(secret) == use.fingerprint else { throw .notAsJudged }
        return Credential(placement: placement, secret: secret)
    }
}

/// The sealed records that were read last, with the epoch that they were read under. No secret is open in it.
final class KnownRecords: Sendable {
    private let entries = Mutex<[ConnectionID: (record: ConnectionRecord, epoch: Int64)]>([:])
    private let bound: Int
    /// What tells two records apart. Tests mix them up, to see what stands behind it.
    private let key: @Sendable (ConnectionID) -> ConnectionID

    init(bound: Int = 10_000, key: @escaping @Sendable (ConnectionID) -> ConnectionID = { $0 }) {
        self.bound = bound
        self.key = key
    }

    func record(_ id: ConnectionID, at epoch: Int64) -> ConnectionRecord? {
        entries.withLock { $0[key(id)].flatMap { $0.epoch == epoch ? $0.record : nil } }
    }

    /// An epoch that couldn't be read stands for nothing.
    func keep(_ record: ConnectionRecord, at epoch: Int64) {
        guard epoch >= 0 else { return }
        entries.withLock {
            if $0.count >= bound { $0.removeAll(keepingCapacity: true) }
            $0[key(record.id)] = (record, epoch)
        }
    }
}

extension CredentialPresentation {
    var placement: Placement {
        switch self {
        case .bearer: .bearer
        case .apiKey(let header): .header(header)
        case .basic: .basic
        }
    }
}
