public import Authority
import Gate
public import Wire

/// What the authorization server is told at start.
public struct OAuthSettings: Sendable {
    /// How the world names us, without a slash at its end: our issuer. Asked at every use, never taken from a request.
    public var issuer: @Sendable () -> String
    /// The organization of `/mcp/<agent>`, and of clients that register themselves.
    public var home: OrganizationID
    /// Whether clients may register themselves (RFC 7591).
    public var allowsRegistration: Bool

    public init(
        issuer: @escaping @Sendable () -> String, home: OrganizationID, allowsRegistration: Bool
    ) {
        self.issuer = issuer
        self.home = home
        self.allowsRegistration = allowsRegistration
    }
}

/// The authorization server: who may let which client reach which agent, and what became of it.
///
/// A grant is a token record like any other, so that whatever ends a person's tokens ends what they allowed to clients.
public struct OAuthDesk: Sendable {
    /// A code is for the next moment only.
    public static let codeSeconds: Int64 = 60
    public static let accessSeconds: Int64 = 3_600
    /// A client that doesn't come back for so long has to ask its person again.
    public static let idleSeconds: Int64 = 30 * 86_400
    /// However often it comes back.
    public static let longestSeconds: Int64 = 90 * 86_400
    /// How many clients that registered themselves are kept before anybody allows them something.
    public static let mostUnused = 1_000

    let administration: Administration
    let store: any OAuthStore
    let exchanges: any ExchangeStore
    let logins: any LoginStore
    let documents: ClientDocuments
    let issuerKeys: IssuerKeys
    let refusalLeaves = RefusalLeaves()
    public let settings: OAuthSettings
    /// Signs the claims of an ID token.
    let sign: @Sendable (JSONObject) async throws -> String

    public init(
        administration: Administration, store: any OAuthStore, exchanges: any ExchangeStore & LoginStore,
        documents: ClientDocuments, issuerKeys: IssuerKeys, settings: OAuthSettings,
        sign: @escaping @Sendable (JSONObject) async throws -> String
    ) {
        self.administration = administration
        self.store = store
        self.exchanges = exchanges
        logins = exchanges
        self.documents = documents
        self.issuerKeys = issuerKeys
        self.settings = settings
        self.sign = sign
    }

    var now: Timestamp { administration.world.now() }

    func read<Value>(_ body: () async throws -> Value) async throws(OAuthRefusal) -> Value {
        do {
            return try await body()
        } catch {
            throw OAuthRefusal(.unavailable, "the gateway can't read its own state")
        }
    }

    /// Ends grants with everything that hangs on them, in one commit.
    ///
    /// - Parameters:
    ///   - more: what else changes with it.
    ///   - fields: of the leaf, besides the tokens and the agreements that end.
    func end(
        _ grants: [ClientID], because reason: String, with more: [any StoredChange] = [],
        under unmoved: [EpochReading], bumping bumps: [EpochScope] = [], _ fields: JSONObject,
        in organization: OrganizationID
    ) async throws(RegistryError) {
        var readings = await unmoved + administration.readings(of: grants.map { .client($0) })
        var tokens: [TokenRecord] = []
        for id in grants {
            guard let token = try await administration.read({ try await administration.store.token(id) }),
                token.state == .active
            else { continue }
            readings.append(await administration.reading(.person(organization, token.person)))
            tokens.append(token)
        }
        let (end, agreements) = try await administration.ending(tokens, because: reason)
        var transaction = end
        transaction.requires = readings
        transaction.bumps += bumps
        transaction.changes += more
        var fields = fields
        fields["tokens"] = .array(tokens.map { .string($0.id.raw) })
        fields["agreementsEnded"] = .array(agreements.map { .string($0.raw) })
        transaction.leaves = [try administration.leaf(fields, in: organization)]
        try await administration.commit(transaction)
    }
}

extension OAuthRefusal {
    init(_ error: RegistryError) {
        switch error.code {
        case .unavailable: self.init(.unavailable, "the gateway can't do this now")
        case .unknown, .exists, .invalid, .refused: self.init(.invalidRequest, error.message)
        }
    }
}
