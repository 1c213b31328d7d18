public import Authority
public import Definition
public import Gate
import Ledger
public import OAuth
public import Vault
import Wire

/// Keeps what providers know this home by.
public struct AppDesk: Sendable {
    let store: any AppStore & HealthStore
    let commits: any Commits
    let keys: KeyRing
    let providers: ProviderShelf
    let remotes: RemoteServices
    let world: World

    public init(
        store: any AppStore & HealthStore, commits: any Commits, keys: KeyRing, providers: ProviderShelf,
        remotes: RemoteServices = .none, world: World
    ) {
        self.store = store
        self.commits = commits
        self.keys = keys
        self.providers = providers
        self.remotes = remotes
        self.world = world
    }

    /// The app and its secret, for a request to the provider's token endpoint.
    ///
    /// - Throws: `unknown` when the organization has none there.
    public func app(
        at provider: ProviderID, in organization: OrganizationID
    ) async throws(BrokerError) -> ProviderApp {
        if let service = try await remotes.service(provider, in: organization) {
            return try await app(of: service, in: organization)
        }
        guard let record = try await read({ try await store.app(at: provider, in: organization) }) else {
            throw BrokerError(
                .unknown, "`\(provider)` doesn't know this home yet",
                hint: "register an app with the provider, then `deputy apps add \(provider) --client-id ID`")
        }
        return try await app(record)
    }

    /// With its secrets, whatever it says who we are by.
    func app(_ record: AppRecord) async throws(BrokerError) -> ProviderApp {
        var secrets = try secrets(of: record)
        var app = try await app(record, &secrets.now)
        if var before = secrets.before {
            app.before = [try await self.app(record, &before)]
            app.sealed = record.sealed
        }
        return app
    }

    /// - Parameter secret: wiped here.
    private func app(_ record: AppRecord, _ secret: inout [UInt8]) async throws(BrokerError) -> ProviderApp {
        defer { wipe(&secret) }
        guard record.authentication != .privateKey else { return try await signing(record, secret) }
        return ProviderApp(
            organization: record.organization, provider: record.provider, clientID: record.clientID,
            authentication: record.authentication, secret: secret.isEmpty ? nil : HeldSecret(consuming: &secret),
            issuer: record.issuer)
    }

    public func list(in organization: OrganizationID) async throws(BrokerError) -> [AppRecord] {
        try await read { try await store.apps(in: organization) }
    }

    /// When their secrets are to be replaced, as far as anybody said.
    public func ends(in organization: OrganizationID) async throws(BrokerError) -> [ProviderID: SecretEnd] {
        let ends = try await read { try await store.secretEnds(in: organization) }
        return Dictionary(ends.compactMap { $0.subject == .app($0.provider) ? ($0.provider, $0) : nil }) { $1 }
    }

    /// - Parameters:
    ///   - authentication: nil for what the provider's manifest says, or none without a secret.
    ///   - secret: wiped here; empty for a public client.
    ///   - ends: when the secret ends, where the provider said so.
    ///   - replaces: whether it may take the place of the one that is there. Grants that another client got end with it.
    public func add(
        _ provider: ProviderID, in organization: OrganizationID, clientID: String,
        authentication: ClientAuthentication?, secret: inout [UInt8], ends: Timestamp? = nil, replaces: Bool,
        by: String
    ) async throws(BrokerError) -> AppRecord {
        defer { wipe(&secret) }
        let server = try await server(of: provider, in: organization)
        guard (1...512).contains(clientID.utf8.count), clientID.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw BrokerError(.invalid, "that isn't a client id", hint: "it is the one that the provider gave us")
        }
        let authentication = authentication ?? (secret.isEmpty ? .none : server.authentication)
        guard (authentication == .none) == secret.isEmpty else {
            throw BrokerError(
                .invalid,
                secret.isEmpty ? "`\(authentication.rawValue)` needs a secret" : "a public client has no secret",
                hint: secret.isEmpty ? "name a file with `--secret-file`" : "leave `--auth none` or the secret out")
        }
        let scope = AppDesk.scope(provider, organization)
        let unmoved = await commits.reading(scope)
        let earlier = try await read { try await store.app(at: provider, in: organization) }
        if let earlier, !replaces {
            throw BrokerError(
                .invalid, "`\(provider)` knows this home as `\(earlier.clientID)` already",
                hint: "put another in its place with `--replace`")
        }
        let sealed = secret.isEmpty ? [] : try sealed(secret, AppRecord.id(provider, in: organization))
        let record = AppRecord(
            organization: organization, provider: provider, clientID: clientID, authentication: authentication,
            sealed: sealed, created: world.now(), issuer: server.resource == nil ? nil : server.issuer)
        try await commit(
            [AppChange.keep(record), try await change(of: ends, record)],
            earlier == nil ? "app.added" : "app.changed", record, under: unmoved, by: by)
        return record
    }

    public func remove(
        _ provider: ProviderID, in organization: OrganizationID, by: String
    ) async throws(BrokerError) -> AppRecord {
        let scope = AppDesk.scope(provider, organization)
        let unmoved = await commits.reading(scope)
        guard let record = try await read({ try await store.app(at: provider, in: organization) }) else {
            throw BrokerError(
                .unknown, "`\(provider)` doesn't know this home", hint: "list apps with `deputy apps list`")
        }
        try await commit(
            [AppChange.remove(provider, organization), HealthChange.endless(.app(provider), organization)],
            "app.removed", record,
            under: unmoved, by: by)
        return record
    }

    func sealed(_ secret: [UInt8], _ id: String) throws(BrokerError) -> [UInt8] {
        do throws(VaultError) {
            return try keys.sealPayload(secret, id: id)
        } catch {
            throw BrokerError(.unavailable, "the secret can't be sealed: \(error.message)", hint: error.hint)
        }
    }

    /// Of a secret that is given now: a schedule stays, and counts from now.
    func change(of ends: Timestamp?, _ record: AppRecord) async throws(BrokerError) -> HealthChange {
        let subject = HealthSubject.app(record.provider)
        let before = try await read { try await store.secretEnd(of: subject, in: record.organization) }
        let end = SecretEnd.new(
            subject, at: record.provider, in: record.organization, given: world.now(), said: ends, every: before?.every)
        return end.map { .ends($0) } ?? .endless(subject, record.organization)
    }

    static func scope(_ provider: ProviderID, _ organization: OrganizationID) -> EpochScope {
        .app(organization, provider)
    }

    func server(
        of provider: ProviderID, in organization: OrganizationID
    ) async throws(BrokerError) -> AuthorizationServer {
        guard
            let server = try await Services(providers: providers, remotes: remotes).known(provider, in: organization)
                .oauth
        else {
            throw BrokerError(
                .invalid, "`\(provider)` gives no tokens by OAuth",
                hint: "connect it with a key: `deputy connections add \(provider)`")
        }
        return server
    }

    func commit(
        _ changes: [any StoredChange], _ what: String, _ record: AppRecord, under unmoved: EpochReading, by: String,
        every days: Int64? = nil
    ) async throws(BrokerError) {
        do {
            var fields: JSONObject = [
                "change": .string(what), "by": .string(by), "provider": .string(record.provider.raw),
                "client": .string(record.clientID),
            ]
            fields["every_days"] = days.map { .number(JSONNumber($0)) }
            let leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
            try await commits.commit(
                Transaction(
                    requires: [unmoved], bumps: [unmoved.scope], changes: changes,
                    leaves: [PlacedLeaf(leaf, in: .organization(record.organization))]))
        } catch CommitError.moved {
            throw BrokerError.crossed
        } catch {
            throw BrokerError(.unavailable, "the ledger can't be written", hint: "see `deputy doctor`")
        }
    }

    func read<Value>(_ body: () async throws -> Value) async throws(BrokerError) -> Value {
        do {
            return try await body()
        } catch {
            throw BrokerError(.unavailable, "the gateway can't read its own state", hint: "see `deputy doctor`")
        }
    }
}
