public import Authority
public import Gate
import OAuth
package import Vault

/// One connection as it is stored.
public struct ConnectionRecord: Sendable, Hashable {
    public let id: ConnectionID
    public let organization: OrganizationID
    public let owner: Owner
    public let provider: ProviderID
    /// Scheme, host and port that the credential was made for; of a remote server's tokens its whole address.
    public let origin: String
    /// The authorization server that its grant is of, by its name or its origin; empty for a key that somebody made, and for
    /// grants of before that nobody has connected again.
    public let issuer: String
    public let kind: String
    /// The upstream account's id, as the provider calls it.
    public let account: String
    /// What a person is shown: a name or an address.
    public let accountName: String
    /// The account's verified address, where the provider says one.
    public let email: String?
    public let scopes: Set<String>
    public let generation: Int64
    public let fingerprint: String
    /// A `SealedSecret`. Empty once the connection was shredded.
    public let sealed: [UInt8]
    public let health: ConnectionHealth
    public let created: Timestamp
    /// When its owner made it, or connected it again.
    public let granted: Timestamp
    /// What the provider has said that calls lack.
    public let lacks: LackedScopes
    /// Whom it acts as because our own key says so; nil where the provider knows that by itself.
    public let assertedAs: String?
    /// What its account was called before the provider gave the whole name of it, by the same grant; nil otherwise.
    public let formerAccount: String?

    public init(
        id: ConnectionID, organization: OrganizationID, owner: Owner, provider: ProviderID, origin: String,
        issuer: String = "", kind: String, account: String, accountName: String, email: String?, scopes: Set<String>,
        generation: Int64,
        fingerprint: String, sealed: [UInt8], health: ConnectionHealth, created: Timestamp,
        granted: Timestamp? = nil, lacks: LackedScopes = LackedScopes(), assertedAs: String? = nil,
        formerAccount: String? = nil
    ) {
        self.granted = granted ?? created
        self.id = id
        self.organization = organization
        self.owner = owner
        self.provider = provider
        self.origin = origin
        self.issuer = issuer
        self.kind = kind
        self.account = account
        self.accountName = accountName
        self.email = email
        self.scopes = scopes
        self.generation = generation
        self.fingerprint = fingerprint
        self.sealed = sealed
        self.health = health
        self.created = created
        self.lacks = lacks
        self.assertedAs = assertedAs
        self.formerAccount = formerAccount
    }

    /// Whether it is a remote server's, which has no manifest: its credential is a bearer's.
    var isRemote: Bool {
        kind == ConnectionDesk.remoteKind
            || OwnGrant.hasTokens(kind) && ResourceAddress(origin)?.origin != origin
    }

    /// Whether nobody consents to it, since our app is itself there.
    public var isOurselves: Bool { kind == OwnGrant.ourselvesKind }

    /// Whether its provider has said that what was granted doesn't do, and nobody has granted anything since.
    public var isFoundLacking: Bool { lacks.isOf(generation: generation) }

    /// What the decision and the permit need to know of it.
    public var use: ConnectionUse {
        ConnectionUse(
            facts: ConnectionFacts(
                id: id, provider: provider, owner: owner, host: origin, account: account, scopes: scopes,
                health: health, lacks: lacks.open(scopes, generation: generation), assertedAs: assertedAs,
                formerAccount: formerAccount),
            organization: organization, generation: generation, fingerprint: fingerprint, origin: origin,
            issuer: issuer)
    }
}

extension ConnectionUse {
    /// The context that the secret of this connection was sealed in. Made from what the permit says, so a row that was
    /// moved to another owner, host, account or connection doesn't open.
    package func sealContext(kind: String) -> SealContext {
        let (ownerKind, owner): (String, String) =
            switch facts.owner {
            case .person(let person): ("person", person.raw)
            case .agent(let agent): ("agent", agent.raw)
            case .organization: ("organization", organization.raw)
            }
        return SealContext(
            organization: organization.raw, ownerKind: ownerKind, owner: owner, provider: facts.provider.raw,
            host: origin, issuer: issuer, account: facts.account, connection: facts.id.raw, kind: kind,
            generation: generation)
    }
}
