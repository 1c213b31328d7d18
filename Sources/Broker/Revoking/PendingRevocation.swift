public import Authority
public import Gate

/// A token that its provider is still to be told to end. Our own copy is gone; this one is sealed for nothing else, and is
/// kept until the provider has ended it, or doesn't for so long that it isn't asked any more.
public struct PendingRevocation: Sendable, Hashable {
    public let id: String
    public let organization: OrganizationID
    public let provider: ProviderID
    public let connection: ConnectionID
    /// The client that the token was given to; empty where nobody has to say who asks.
    public let clientID: String
    /// `refresh_token` or `access_token` (RFC 7009 section 2.1).
    public let hint: String
    /// `EndingTokens`, as a sealed payload, bound to provider and client.
    public let sealed: [UInt8]
    /// How often it was asked.
    public let attempts: Int64
    /// Not to be asked before.
    public let due: Timestamp
    /// Who was offboarded, and had it; nil where nobody was.
    public let person: PersonID?

    public init(
        id: String, organization: OrganizationID, provider: ProviderID, connection: ConnectionID, clientID: String,
        hint: String, sealed: [UInt8], attempts: Int64, due: Timestamp, person: PersonID? = nil
    ) {
        self.id = id
        self.organization = organization
        self.provider = provider
        self.connection = connection
        self.clientID = clientID
        self.hint = hint
        self.sealed = sealed
        self.attempts = attempts
        self.due = due
        self.person = person
    }

    /// What the token is sealed under.
    var place: String { PendingRevocation.place(id) }

    static func place(_ id: String) -> String { "revocation/\(id)" }

    /// It is asked so often, and no more.
    static let mostAttempts: Int64 = 8

    /// Seconds until the next time: 1 minute, then four times as long each, up to 6 hours; later where the provider says so.
    func wait(_ retryAfter: Int?) -> Int64 {
        let own = min(Int64(60) << (2 * min(attempts, 6)), 21_600)
        return max(own, min(Int64(retryAfter ?? 0), 86_400))
    }
}

public protocol RevocationStore: Sendable {
    /// Those whose time has come, the longest first.
    func revocationsDue(by time: Timestamp, limit: Int) async throws -> [PendingRevocation]
    /// Those of one connection, whatever their time.
    func revocations(of connection: ConnectionID) async throws -> [PendingRevocation]
}

public enum RevocationChange: StoredChange {
    case add(PendingRevocation)
    /// Takes the right to ask once more; refused (`exists`) when somebody else has taken it.
    case claim(PendingRevocation, due: Timestamp)
    /// Not to be asked before.
    case later(String, due: Timestamp)
    case drop(String)
}
