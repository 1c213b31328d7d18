public import Authority
public import Wire

public enum OAuthClientKind {}
/// A client as OAuth names it: a name that we gave it, or the URL of its metadata document.
public typealias OAuthClientID = ID<OAuthClientKind>

/// How a client comes to be known.
public enum OAuthClientOrigin: String, Sendable, CaseIterable {
    /// An administrator registered it.
    case registered
    /// It registered itself (RFC 7591).
    case dynamic
    /// Its `client_id` is the URL of a document about it (draft-ietf-oauth-client-id-metadata-document).
    case document
}

/// How a client shows at the token endpoint that it is itself (RFC 7591 section 2).
public enum ClientAuthentication: String, Sendable, CaseIterable {
    case none
    case basic = "client_secret_basic"
    case post = "client_secret_post"
}

/// A piece of software that may ask people of one organization for tokens.
public struct OAuthClient: Sendable, Hashable {
    public let id: OAuthClientID
    public let organization: OrganizationID
    public let origin: OAuthClientOrigin
    /// What it calls itself. Shown inert, never a ground for anything.
    public let name: String
    /// Where it takes its answers. For a document, as it was when the client was last agreed to.
    public let redirects: [RedirectURI]
    public let authentication: ClientAuthentication
    /// Of its secret; nil for a client that can't keep one.
    public let secret: Digest?
    /// What any of its tokens may do at the most.
    public let ceiling: EffectSet
    public let isRevoked: Bool
    public let created: Timestamp

    public init(
        id: OAuthClientID, organization: OrganizationID, origin: OAuthClientOrigin, name: String,
        redirects: [RedirectURI], authentication: ClientAuthentication, secret: Digest?, ceiling: EffectSet,
        isRevoked: Bool, created: Timestamp
    ) {
        self.id = id
        self.organization = organization
        self.origin = origin
        self.name = name
        self.redirects = redirects
        self.authentication = authentication
        self.secret = secret
        self.ceiling = ceiling
        self.isRevoked = isRevoked
        self.created = created
    }

    func with(ceiling: EffectSet? = nil, isRevoked: Bool? = nil) -> OAuthClient {
        OAuthClient(
            id: id, organization: organization, origin: origin, name: name, redirects: redirects,
            authentication: authentication, secret: secret, ceiling: ceiling ?? self.ceiling,
            isRevoked: isRevoked ?? self.isRevoked, created: created)
    }

    /// The same with everything taken that was taken from the other.
    public func narrowed(as other: OAuthClient) -> OAuthClient {
        with(ceiling: ceiling.intersection(other.ceiling), isRevoked: isRevoked || other.isRevoked)
    }

    /// The registered URI that an answer to `asked` may go to.
    func covers(_ asked: RedirectURI) -> Bool { redirects.contains { $0.covers(asked) } }

    /// Who vouches for the name: the host of a document, nobody for a client that registered itself.
    public var host: String? {
        origin == .document ? RedirectURI(id.raw)?.host : nil
    }
}
