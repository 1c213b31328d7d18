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

    /// The app and its secret, for a request to the provider's token endpoint: the agent's own, or else the home's.
    ///
    /// - Parameter agent: for whom something new is asked; nil where that isn't for an agent.
    /// - Throws: `unknown` when neither has one there.
    public func app(
        at provider: ProviderID, in organization: OrganizationID, for agent: AgentID? = nil
    ) async throws(BrokerError) -> ProviderApp {
        if let service = try await remotes.service(provider, in: organization) {
            return try await app(of: service, in: organization, for: agent)
        }
        if let agent, let own = try await record(at: provider, of: agent, in: organization) {
            return try await app(own)
        }
        guard let record = try await record(at: provider, of: nil, in: organization) else {
            let agents = try await list(in: organization).filter { $0.provider == provider }.compactMap(\.agent)
            let others =
                agents.first.map { "; through an agent with an app of its own it goes at `/connect/agent/\($0)`" } ?? ""
            throw BrokerError(
                .unknown, "`\(provider)` doesn't know this home yet",
                hint: "register an app with the provider, then `deputy apps add \(provider) --client-id ID`" + others)
        }
        return try await app(record)
    }

    /// The app that tokens were given to. Where it isn't kept any more, the one by which their owner would be connected now,
    /// whose registration is another: nothing is asked with it.
    ///
    /// - Parameter registration: as the tokens have it.
    func app(
        thatGot registration: String, at provider: ProviderID, in organization: OrganizationID, for owner: Owner
    ) async throws(BrokerError) -> ProviderApp {
        let issuer = try await remotes.service(provider, in: organization)?.authorization.server.issuer.text
        let known = try await list(in: organization).first {
            $0.provider == provider && $0.issuer == issuer && $0.registration == registration
        }
        guard let known else { return try await app(at: provider, in: organization, for: owner.agent) }
        return try await app(known)
    }

    func record(
        at provider: ProviderID, of agent: AgentID?, in organization: OrganizationID
    ) async throws(BrokerError) -> AppRecord? {
        try await read { try await store.app(at: provider, of: agent, in: organization) }
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
            issuer: record.issuer, agent: record.agent, appID: record.appID)
    }

    public func list(in organization: OrganizationID) async throws(BrokerError) -> [AppRecord] {
        try await read { try await store.apps(in: organization) }
    }

    /// When their secrets are to be replaced, as far as anybody said.
    public func ends(in organization: OrganizationID) async throws(BrokerError) -> [HealthSubject: SecretEnd] {
        let ends = try await read { try await store.secretEnds(in: organization) }
        return Dictionary(ends.map { ($0.subject, $0) }) { $1 }
    }

    /// - Parameters:
    ///   - authentication: nil for what the provider's manifest says, or none without a secret.
    ///   - secret: wiped here; empty for a public client.
    ///   - ends: when the secret ends, where the provider said so.
    ///   - replaces: whether it may take the place of the one that is there. Grants that another client got end with it.
    ///   - agent: whose own it is, of this organization; nil for the home's.
    ///   - appID: what the provider's answers call it, where that is known.
    public func add(
        _ provider: ProviderID, in organization: OrganizationID, clientID: String,
        authentication: ClientAuthentication?, secret: inout [UInt8], ends: Timestamp? = nil, replaces: Bool,
        of agent: AgentID? = nil, appID: String? = nil, by: String
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
        let earlier = try await record(at: provider, of: agent, in: organization)
        if let earlier, !replaces {
            throw BrokerError(
                .invalid, "`\(provider)` knows \(earlier.whose) as `\(earlier.clientID)` already",
                hint: "put another in its place with `--replace`")
        }
        let issuer = server.resource == nil ? nil : server.issuer
        try await checkName(clientID, appID, at: provider, issuer, in: organization, of: agent)
        let sealed = secret.isEmpty ? [] : try sealed(secret, AppRecord.id(provider, of: agent, in: organization))
        let record = AppRecord(
            organization: organization, provider: provider, clientID: clientID, authentication: authentication,
            sealed: sealed, created: world.now(), issuer: issuer, agent: agent, appID: appID)
        try await commit(
            [
                AppChange.keep(record), try await change(of: ends, record),
                RotationChange.drop(record.subject, organization),
            ],
            earlier == nil ? "app.added" : "app.changed", record, under: unmoved, by: by)
        return record
    }

    public func remove(
        _ provider: ProviderID, in organization: OrganizationID, of agent: AgentID? = nil, by: String
    ) async throws(BrokerError) -> AppRecord {
        let (record, unmoved) = try await current(provider, organization, agent)
        try await commit(
            [
                AppChange.remove(provider, of: agent, organization), HealthChange.endless(record.subject, organization),
                RotationChange.drop(record.subject, organization),
            ],
            "app.removed", record, under: unmoved, by: by)
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
        let subject = record.subject
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
        every days: Int64? = nil, more: JSONObject = [:]
    ) async throws(BrokerError) {
        do {
            var fields: JSONObject = [
                "change": .string(what), "by": .string(by), "provider": .string(record.provider.raw),
                "client": .string(record.clientID),
            ]
            fields["agent"] = record.agent.map { .string($0.raw) }
            fields["every_days"] = days.map { .number(JSONNumber($0)) }
            for (name, value) in more.members { fields[name] = value }
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
