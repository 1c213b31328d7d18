public import Authority
import Definition
public import Gate
public import OAuth
import Vault
public import Wire

/// What a provider granted, and to which of its accounts: everything that a connection is made from.
public struct Granted: Sendable {
    public let provider: ProviderID
    /// The client that it was granted to.
    public let clientID: String
    public let answer: TokenAnswer
    /// When the token endpoint was asked.
    public let asked: Timestamp
    public let requested: Set<String>
    public let account: UpstreamAccount
    /// What new tokens are asked with, where no refresh token does that.
    public let own: OwnGrant?

    public init(
        provider: ProviderID, clientID: String, answer: TokenAnswer, asked: Timestamp, requested: Set<String>,
        account: UpstreamAccount, own: OwnGrant? = nil
    ) {
        self.provider = provider
        self.clientID = clientID
        self.answer = answer
        self.asked = asked
        self.requested = requested
        self.account = account
        self.own = own
    }

    /// How the row of the connection is called.
    var kind: String { own?.kind ?? ConnectionDesk.grantKind }

    /// RFC 6749 section 5.1: an answer that names no scopes granted those that were asked for.
    public var scopes: Set<String> { answer.scopes ?? account.scopes ?? requested }
}

extension ConnectionDesk {
    /// How the row of a connection with tokens is called. What the row seals then is a random key of the grant's own, whose
    /// fingerprint permits, tokens and the ledger know the grant by; the tokens lie in a `TokenSet`.
    public static let grantKind = "oauth"

    /// Asks the provider whose tokens these are. Nothing is kept; a leaf says that it was asked.
    public func account(
        of answer: TokenAnswer, for new: NewConnection
    ) async throws(BrokerError) -> UpstreamAccount {
        let manifest = try await manifest(of: new.provider, in: new.organization)
        try await record("connection.probed", ConnectionID(world.newID("con")), new, account: nil)
        var bytes = Array(answer.access.text.utf8)
        let credential = Credential(placement: manifest.credential.placement, secret: Secret(consuming: &bytes))
        return try await AccountLookup(manifest: manifest, errands: errands).account(of: credential)
    }

    /// Whether the account may be kept for this owner.
    ///
    /// - Throws: `refused`, with the way out, when it is somebody else's.
    public func allow(_ account: UpstreamAccount, for new: NewConnection) async throws(BrokerError) {
        try await check(account, new, try await manifest(of: new.provider, in: new.organization))
    }

    /// Whether the account is an agent's owner's own: then it may be kept only if they say so.
    ///
    /// - Throws: `refused`, when it is somebody else's.
    func isOwners(_ account: UpstreamAccount, for new: NewConnection) async throws(BrokerError) -> Bool {
        try await allow(account, for: new.sharing(true))
        do throws(BrokerError) {
            try await allow(account, for: new.sharing(false))
            return false
        } catch {
            guard error.code == .refused else { throw error }
            return true
        }
    }

    /// Seals and keeps what was granted: as a new connection, or as the new grant of one that is there.
    ///
    /// - Parameters:
    ///   - earlier: the connection that gets the grant, as it was read under `unmoved`; whoever calls this has a person's
    ///     word that another account may take its place.
    ///   - isSame: whether its account is this one, by another id.
    ///   - changes: what happens in the same commit, such as the end of a flow.
    ///   - ends: when the key ends that the grant is made with; nil where nobody knows.
    ///   - more: what else the leaf tells.
    public func keep(
        _ granted: Granted, for new: NewConnection, over earlier: ConnectionRecord? = nil, isSame: Bool = false,
        with changes: [any StoredChange] = [], ends: Timestamp? = nil, telling more: JSONObject = [:]
    ) async throws(BrokerError) -> ConnectionRecord {
        let manifest = try await manifest(of: new.provider, in: new.organization)
        guard let server = manifest.oauth else {
            throw BrokerError(.invalid, "`\(new.provider)` gives no tokens by OAuth")
        }
        let unmoved = await new.unmoved + others(new)
        try await check(granted.account, new, manifest)
        let id = earlier?.id ?? ConnectionID(world.newID("con"))
        let key = Secret.random(count: 32)
        let scopes = granted.scopes
        let use = ConnectionUse(
            facts: ConnectionFacts(
                id: id, provider: new.provider, owner: new.owner, host: manifest.origin, account: granted.account.id,
                scopes: scopes, health: .healthy),
            organization: new.organization, generation: (earlier?.generation ?? 0) + 1,
            fingerprint: fingerprints.of(key), origin: manifest.origin, issuer: server.namedIssuer)
        let row = ConnectionRecord(
            id: id, organization: new.organization, owner: new.owner, provider: new.provider, origin: manifest.origin,
            issuer: server.namedIssuer, kind: granted.kind, account: granted.account.id,
            accountName: granted.account.name ?? granted.account.email ?? granted.account.id,
            email: granted.account.email, scopes: scopes,
            generation: use.generation, fingerprint: use.fingerprint,
            sealed: try sealed(key, use, granted.kind).bytes, health: .healthy,
            created: earlier?.created ?? world.now(), granted: world.now(),
            lacks: earlier?.account == granted.account.id ? earlier?.lacks ?? LackedScopes() : LackedScopes(),
            assertedAs: granted.own?.subject)
        let before = try await read { try await tokens.tokens(of: id) }
        // Of the same account the earlier grant may be this one, if one client got both. A provider that ends all of an account
        // at once isn't told of one that has the same address, as it may be this one by a name of before.
        let isAnotherClients = !server.revokesAll && before.map { $0.clientID != granted.clientID } ?? false
        let mayBeThis = isSame || server.revokesAll && earlier?.email == granted.account.email
        let isGone = isAnotherClients || !mayBeThis && earlier?.account != granted.account.id
        let replaced = if let earlier, isGone { try await ending(earlier) } else { [any StoredChange]() }
        let tokenSet: TokenSet
        do throws(VaultError) {
            tokenSet = try TokenSealing(keys: keys, fingerprints: fingerprints).sealed(
                granted.answer, refresh: granted.own?.kept, of: use, generation: (before?.generation ?? 0) + 1,
                clientID: granted.clientID, asked: granted.asked, rules: server.refresh, jitter: world.jitter())
        } catch {
            throw BrokerError(.unavailable, "the tokens can't be sealed: \(error.message)", hint: error.hint)
        }
        var told = more
        told["scopes"] = .array(scopes.sorted().map { .string($0) })
        told["tokens"] = .string(tokenSet.fingerprint)
        if let earlier {
            told["was"] = earlier.told
            told["of"] = .number(JSONNumber(before?.generation ?? 0))
        }
        let what =
            earlier != nil
            ? "connection.reconnected"
            : new.isSharedWithOwner ? "connection.added-shared-with-owner" : "connection.added"
        let renewed =
            earlier == nil
            ? []
            : [
                HealthChange.turn(use.turned(ConnectionStanding(.active, .works), by: world)),
                RotationChange.drop(.key(id), new.organization),
            ] as [any StoredChange]
        let schedule = try await read { try await marks.secretEnd(of: .key(id), in: new.organization) }
        let given = SecretEnd.new(
            .key(id), at: new.provider, in: new.organization, given: world.now(), said: ends,
            every: granted.kind == OwnGrant.accountKind ? schedule?.every : nil)
        let end: HealthChange = given.map { .ends($0) } ?? .endless(.key(id), new.organization)
        try await record(
            what, id, new, account: granted.account.id, under: unmoved, row: row, replaces: earlier != nil,
            changes: replaced + [TokenSetChange.keep(tokenSet), end] + renewed + changes,
            bumping: [.connections(new.organization, new.owner, new.provider)], telling: told)
        return row
    }

    /// A leaf about a connection that isn't there yet, before its provider is asked.
    func tell(_ what: String, _ new: NewConnection, _ more: JSONObject) async throws(BrokerError) {
        try await record(what, ConnectionID(world.newID("con")), new, account: nil, telling: more)
    }

    func manifest(
        of provider: ProviderID, in organization: OrganizationID
    ) async throws(BrokerError) -> ProviderManifest {
        try await services.known(provider, in: organization)
    }

    var services: Services { Services(providers: providers, remotes: remotes) }
}

extension ProviderShelf {
    /// - Throws: `unknown`, with what was probably meant.
    func known(_ provider: ProviderID) throws(BrokerError) -> ProviderManifest {
        if let manifest = manifest(of: provider) { return manifest }
        let names = all.map(\.provider.raw)
        throw BrokerError(
            .unknown, "no provider is called `\(provider)`",
            hint: suggestion(for: provider.raw, among: names) ?? "providers: \(names.joined(separator: ", "))")
    }
}
