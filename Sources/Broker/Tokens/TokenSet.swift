public import Authority
public import Gate

/// The tokens of one connection as they are stored, and how their renewal stands.
public struct TokenSet: Sendable, Hashable {
    public let connection: ConnectionID
    /// Fingerprint of the connection's grant: tokens of a grant of before don't count for the one of now.
    public let grant: String
    /// Counts the writings of these tokens, from 1.
    public let generation: Int64
    /// The client that they were given to.
    public let clientID: String
    /// Of the access token.
    public let fingerprint: String
    public let access: [UInt8]
    /// Nil where there is none: then the connection ends with its access token.
    public let refresh: [UInt8]?
    /// Nil where the provider doesn't say.
    public let expires: Timestamp?
    public let obtained: Timestamp
    /// When it should be renewed, or tried again; nil for never by itself.
    public let due: Timestamp?
    /// Who is renewing it.
    public let lease: TokenLease?
    /// A renewal of this generation was begun, and what became of it isn't known.
    public let attempted: Timestamp?
    public let failure: TokenTrouble?
    /// The grant was given up: nobody asks with these tokens again.
    public var isOver: Bool { failure != nil && due == nil }

    public init(
        connection: ConnectionID, grant: String, generation: Int64, clientID: String, fingerprint: String,
        access: [UInt8], refresh: [UInt8]?, expires: Timestamp?, obtained: Timestamp, due: Timestamp?,
        lease: TokenLease? = nil, attempted: Timestamp? = nil, failure: TokenTrouble? = nil
    ) {
        self.connection = connection
        self.grant = grant
        self.generation = generation
        self.clientID = clientID
        self.fingerprint = fingerprint
        self.access = access
        self.refresh = refresh
        self.expires = expires
        self.obtained = obtained
        self.due = due
        self.lease = lease
        self.attempted = attempted
        self.failure = failure
    }
}

/// The right to renew one connection's tokens for a while. It is a lease and no fence: what makes renewals safe is that
/// each is written only over the generation that it began with.
public struct TokenLease: Sendable, Hashable {
    /// One attempt of one process.
    public let owner: String
    public let until: Timestamp

    public init(owner: String, until: Timestamp) {
        self.owner = owner
        self.until = until
    }
}

/// Why the last renewal failed, and how often in a row.
public struct TokenTrouble: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// It is tried again by itself.
        case transient
        /// Somebody has to change our registration with the provider.
        case registration
        /// The provider's own administrator forbids it.
        case policy
        /// The grant is over.
        case dead
        /// The provider wants something of the owner.
        case needsUser
        /// The provider doesn't give the permissions any more.
        case scope
    }

    public let kind: Kind
    /// What the provider calls it, or we.
    public let code: String
    public let count: Int64
    /// What the owner's next sign-in has to satisfy, as the provider says it (OpenID Connect Core section 5.5); nil for
    /// nothing. It is handed back as it came.
    public let claims: String?

    public init(kind: Kind, code: String, count: Int64, claims: String? = nil) {
        self.kind = kind
        self.code = code
        self.count = count
        self.claims = claims
    }
}

public protocol TokenSetStore: Sendable {
    func tokens(of connection: ConnectionID) async throws -> TokenSet?
    /// Those of every connection of the organization, or of one owner, in any order.
    func tokens(in organization: OrganizationID, of owner: Owner?) async throws -> [TokenSet]
    /// Those of the organization's connections after one and up to another, by their ids; nil for from the first, and to the
    /// last.
    func tokens(
        in organization: OrganizationID, after: ConnectionID?, through last: ConnectionID?
    ) async throws -> [TokenSet]
    /// Healthy connections whose tokens are due, the longest first, and at most `limit` of each provider; none that is being
    /// renewed.
    func tokensDue(by time: Timestamp, limit: Int) async throws -> [ConnectionID]
}

/// Each but `keep` and `drop` refuses the transaction (`exists`) when the tokens aren't as it says.
public enum TokenSetChange: StoredChange {
    /// The first tokens of a grant; they take the place of those of the grant of before.
    case keep(TokenSet)
    /// Takes the right to renew these tokens, when nobody has it at this time and no attempt was begun or ended since they
    /// were read: whoever asks has to know what became of the one before.
    case claim(TokenSet, TokenLease, at: Timestamp)
    /// New tokens of the same grant, one generation on. Whoever lost the lease may still write them, as long as nobody else
    /// has: they are the only ones that there are.
    case renew(TokenSet)
    /// The same tokens stay.
    case giveUp(ConnectionID, generation: Int64, by: String, TokenTrouble, due: Timestamp?, isAnswered: Bool)
    case drop(ConnectionID)
    /// Changes nothing: the tokens are of this generation.
    case still(ConnectionID, generation: Int64)
}
