public import Authority
public import Definition
public import Gate
import Ledger
import OAuth
public import Vault
import Wire

/// Makes and revokes connections. A secret is kept only after its provider said whose it is.
public struct ConnectionDesk: Sendable {
    let store: any ConnectionStore
    let tokens: any TokenSetStore
    let apps: any AppStore
    let marks: any HealthStore
    let commits: any Commits
    let errands: any Errands
    let keys: KeyRing
    let fingerprints: Fingerprints
    let providers: ProviderShelf
    /// The origin of a remote server of this name that takes a credential made by hand.
    let byHand: @Sendable (ProviderID, OrganizationID) async -> String?
    let remotes: RemoteServices
    /// Signs the ledger: what no checkpoint covers gives no connection after a crash (``VaultAudit``).
    let sign: @Sendable () async -> Void
    let world: World

    public init(
        store: any ConnectionStore & TokenSetStore & AppStore & HealthStore, commits: any Commits, errands: any Errands,
        keys: KeyRing,
        fingerprints: Fingerprints, providers: ProviderShelf,
        byHand: @escaping @Sendable (ProviderID, OrganizationID) async -> String? = { _, _ in nil },
        remotes: RemoteServices = .none,
        sign: @escaping @Sendable () async -> Void = {}, world: World
    ) {
        self.store = store
        tokens = store
        apps = store
        marks = store
        self.commits = commits
        self.errands = errands
        self.keys = keys
        self.fingerprints = fingerprints
        self.providers = providers
        self.byHand = byHand
        self.remotes = remotes
        self.sign = sign
        self.world = world
    }

    /// Whoever connects the same account as their own meanwhile: then it isn't nobody's any more.
    func others(_ new: NewConnection) async -> [EpochReading] {
        switch new.owner {
        case .person, .organization: []
        case .agent:
            await commits.readings(
                of: new.people.map { .connections(new.organization, .person($0.person), new.provider) })
        }
    }

    func sealed(
        _ secret: borrowing Secret, _ use: ConnectionUse, _ kind: String
    ) throws(BrokerError) -> SealedSecret {
        do throws(VaultError) {
            return try keys.seal(secret, use.sealContext(kind: kind))
        } catch {
            throw BrokerError(.unavailable, "the secret can't be sealed: \(error.message)", hint: error.hint)
        }
    }

    public func list(
        in organization: OrganizationID, of owner: Owner?
    ) async throws(BrokerError) -> [ConnectionRecord] {
        try await read { try await store.connections(in: organization, of: owner) }
    }

    /// The connections whose account is this person's: their own, and an agent's that was made with an account of theirs.
    public func withAccount(
        of person: PersonClaim, in organization: OrganizationID
    ) async throws(BrokerError) -> [ConnectionRecord] {
        let all = try await list(in: organization, of: nil)
        let own = all.filter { $0.owner == .person(person.person) }
        return all.filter { row in
            row.owner == .person(person.person) || row.email?.lowercased() == person.email
                || person.isRecorded(row.account, at: row.provider)
                || own.contains { ($0.provider, $0.origin, $0.account) == (row.provider, row.origin, row.account) }
        }
    }

    func read<Value>(_ body: () async throws -> Value) async throws(BrokerError) -> Value {
        do {
            return try await body()
        } catch {
            throw BrokerError(.unavailable, "the gateway can't read its own state", hint: "see `deputy doctor`")
        }
    }

    /// - Parameter row: the row that is added, or takes the place of its earlier writing. The leaf names the writing and the fingerprint of its secret, so that one
    ///   that is put back later is told from it.
    func record(
        _ what: String, _ id: ConnectionID, _ new: NewConnection, account: String?, under unmoved: [EpochReading] = [],
        row: ConnectionRecord? = nil, replaces: Bool = false, changes: [any StoredChange] = [],
        bumping bumps: [EpochScope] = [], telling more: JSONObject = [:]
    ) async throws(BrokerError) {
        var fields: JSONObject = [
            "change": .string(what), "by": .string(new.by), "connection": .string(id.raw),
            "owner": .string(new.owner.text),
            "provider": .string(new.provider.raw),
        ]
        fields["account"] = account.map { .string($0) }
        for (name, value) in more.members { fields[name] = value }
        var changes = changes
        if let row {
            fields["generation"] = .number(JSONNumber(row.generation))
            fields["fingerprint"] = .string(row.fingerprint)
            changes.insert(replaces ? BrokerChange.reconnect(row) : .add(row), at: 0)
        }
        do {
            let leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
            try await commits.commit(
                Transaction(
                    requires: unmoved, bumps: bumps, changes: changes,
                    leaves: [PlacedLeaf(leaf, in: .organization(new.organization))]))
        } catch CommitError.moved {
            throw BrokerError.crossed
        } catch CommitError.exists where row == nil {
            throw BrokerError.crossed
        } catch {
            throw BrokerError(.unavailable, "the ledger can't be written", hint: "see `deputy doctor`")
        }
        if row != nil { await sign() }
    }
}
