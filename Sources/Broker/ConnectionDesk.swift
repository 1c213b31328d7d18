public import Authority
public import Definition
public import Gate
import Ledger
import OAuth
public import Vault
import Wire

/// A connection that somebody wants to make.
public struct NewConnection: Sendable {
    public let organization: OrganizationID
    public let owner: Owner
    public let provider: ProviderID
    /// For an agent: its owner.
    public let agentOwner: PersonID?
    /// The account is its owner's own, and the owner says so.
    public let isSharedWithOwner: Bool
    /// Everybody in the organization.
    public let people: [PersonClaim]
    /// For an agent: whom it may be where a provider takes our word for it, by its definition.
    public let subjects: Set<String>
    public let by: String
    /// The epochs under which the owner was looked at: a connection is made only while they haven't moved.
    public let unmoved: [EpochReading]

    public init(
        organization: OrganizationID, owner: Owner, provider: ProviderID, agentOwner: PersonID?,
        isSharedWithOwner: Bool, people: [PersonClaim], subjects: Set<String> = [], by: String,
        under unmoved: [EpochReading]
    ) {
        self.organization = organization
        self.owner = owner
        self.provider = provider
        self.agentOwner = agentOwner
        self.isSharedWithOwner = isSharedWithOwner
        self.people = people
        self.subjects = subjects
        self.by = by
        self.unmoved = unmoved
    }

    /// The same, with another word on whether its owner shares their own, and under more readings.
    func sharing(_ isShared: Bool, under more: [EpochReading] = []) -> NewConnection {
        NewConnection(
            organization: organization, owner: owner, provider: provider, agentOwner: agentOwner,
            isSharedWithOwner: isShared, people: people, subjects: subjects, by: by, under: unmoved + more)
    }

    /// What the readings are of: who the owner is, and whose account anything is.
    public static func scopes(of owner: Owner, in organization: OrganizationID) -> [EpochScope] {
        switch owner {
        case .person(let person): [.organization(organization), .person(organization, person)]
        case .agent(let agent): [.organization(organization), .agent(organization, agent)]
        case .organization: [.organization(organization)]
        }
    }
}

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

    /// Asks the provider whose secret this is, compares, seals and keeps it.
    ///
    /// - Parameter bytes: the secret, which is wiped here.
    public func add(_ new: NewConnection, secret bytes: inout [UInt8]) async throws(BrokerError) -> ConnectionRecord {
        try await add(new, Secret(consuming: &bytes))
    }

    private func add(_ new: NewConnection, _ secret: consuming Secret) async throws(BrokerError) -> ConnectionRecord {
        if let origin = await byHand(new.provider, new.organization) { return try await keep(new, secret, at: origin) }
        let manifest = try await manifest(of: new.provider, in: new.organization)
        guard manifest.oauth?.resource == nil else {
            throw BrokerError(
                .invalid, "people connect `\(new.provider)` by signing in there",
                hint: "`deputy connections connect \(new.provider)`")
        }
        guard secret.count > 0 else {
            throw BrokerError(.invalid, "the secret is empty", hint: "pipe it in, or name a file with `--secret-file`")
        }
        let id = ConnectionID(world.newID("con"))
        let unmoved = await new.unmoved + others(new)
        try await record("connection.probed", id, new, account: nil)
        let credential = Credential(placement: manifest.credential.placement, secret: secret)
        let account = try await AccountLookup(manifest: manifest, errands: errands).account(of: credential)
        try await check(account, new, manifest)
        let use = ConnectionUse(
            facts: ConnectionFacts(
                id: id, provider: new.provider, owner: new.owner, host: manifest.origin, account: account.id,
                scopes: account.scopes ?? manifest.allScopes, health: .healthy),
            organization: new.organization, generation: 1, fingerprint: fingerprints.of(credential.secret),
            origin: manifest.origin)
        let row = ConnectionRecord(
            id: id, organization: new.organization, owner: new.owner, provider: new.provider, origin: manifest.origin,
            kind: manifest.credential.name, account: account.id,
            accountName: account.name ?? account.email ?? account.id,
            email: account.email, scopes: use.facts.scopes, generation: 1, fingerprint: use.fingerprint,
            sealed: try sealed(credential.secret, use, manifest.credential.name).bytes, health: .healthy,
            created: world.now())
        try await record(
            new.isSharedWithOwner ? "connection.added-shared-with-owner" : "connection.added", id, new,
            account: account.id, under: unmoved, row: row,
            bumping: [.connections(new.organization, new.owner, new.provider)])
        return row
    }

    /// How the credential of a remote server is called in its row.
    static let remoteKind = "mcp-bearer"

    /// A remote server can't be asked whose a credential is, so its account is what its owner says: their own.
    private func keep(
        _ new: NewConnection, _ secret: consuming Secret, at origin: String
    ) async throws(BrokerError) -> ConnectionRecord {
        guard secret.count > 0 else { throw BrokerError(.invalid, "the secret is empty") }
        let id = ConnectionID(world.newID("con"))
        let account: String =
            switch new.owner {
            case .person(let person): "\(person), as they say"
            case .agent(let agent): "agent \(agent), as its owner says"
            case .organization:
                throw BrokerError(
                    .refused, "the organization's own connections are for models alone",
                    hint: "connect `\(new.provider)` for an agent or a person")
            }
        let use = ConnectionUse(
            facts: ConnectionFacts(
                id: id, provider: new.provider, owner: new.owner, host: origin, account: account, scopes: [],
                health: .healthy),
            organization: new.organization, generation: 1, fingerprint: fingerprints.of(secret), origin: origin)
        let row = ConnectionRecord(
            id: id, organization: new.organization, owner: new.owner, provider: new.provider, origin: origin,
            kind: ConnectionDesk.remoteKind, account: account, accountName: account, email: nil, scopes: [],
            generation: 1, fingerprint: use.fingerprint,
            sealed: try sealed(secret, use, ConnectionDesk.remoteKind).bytes, health: .healthy, created: world.now())
        try await record(
            "connection.added", id, new, account: account, under: new.unmoved, row: row,
            bumping: [.connections(new.organization, new.owner, new.provider)])
        return row
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

    /// Revokes a connection: what holds a permit for it can't use it any more, and its secret is destroyed.
    public func revoke(
        _ id: ConnectionID, in organization: OrganizationID, by: String
    ) async throws(BrokerError) -> ConnectionRecord {
        guard let row = try await read({ try await store.connection(id) }), row.organization == organization else {
            throw BrokerError.noConnection(id)
        }
        let new = NewConnection(
            organization: organization, owner: row.owner, provider: row.provider, agentOwner: nil,
            isSharedWithOwner: false, people: [], by: by, under: [])
        // Tokens that are renewed meanwhile are others: their provider hears of those that are destroyed.
        for left in (0..<8).reversed() {
            do throws(BrokerError) {
                try await record(
                    "connection.revoked", id, new, account: row.account,
                    changes: (try await ending(row)) + ConnectionDesk.revoking(row, by: world),
                    bumping: [.connections(organization, row.owner, row.provider)], telling: try await told(of: row))
                break
            } catch {
                guard error == .crossed, left > 0 else { throw error }
            }
        }
        errands.forget(id)
        return row
    }

    /// A connection for whose sake the provider of one that was revoked isn't told.
    public func survivor(of row: ConnectionRecord) async throws(BrokerError) -> ConnectionID? {
        guard OwnGrant.hasTokens(row.kind),
            let server = try await services.manifest(of: row.provider, in: row.organization)?.oauth
        else { return nil }
        return try await survivor(of: row, at: server)?.id
    }

    /// What a connection was before it ends, and which writing its tokens were: 0 for none.
    func told(of row: ConnectionRecord) async throws(BrokerError) -> JSONObject {
        let generation = try await read { try await tokens.tokens(of: row.id)?.generation }
        return ["was": row.told, "of": .number(JSONNumber(generation ?? 0))]
    }

    /// What ends a connection for good.
    public static func revoking(_ row: ConnectionRecord, by world: World) -> [any StoredChange] {
        [
            BrokerChange.setHealth(row.id, .revoked), BrokerChange.shred(row.id),
            HealthChange.turn(row.use.turned(ConnectionStanding(.revoked, .revoked), by: world)),
            HealthChange.endless(.key(row.id), row.organization),
        ]
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

extension ProviderManifest {
    /// What a credential without a scope list may do: whatever its tools need.
    var allScopes: Set<String> { Set(tools.flatMap(\.scopes)) }
}
