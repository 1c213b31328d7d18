public import Authority
public import Wire

/// What one person allowed one client at one agent, at one click. Its tokens are one family: they live and end with the
/// token record of the same id, which holds the ceiling and what everything else reads of a token.
public struct OAuthGrant: Sendable, Hashable {
    public let id: ClientID
    public let organization: OrganizationID
    public let person: PersonID
    public let client: OAuthClientID
    public let agent: AgentID
    /// The audience of its tokens: the agent's canonical URL when it was given.
    public let resource: String
    /// Where its code went.
    public let redirect: String
    /// What the person allowed.
    public let effects: EffectSet
    public let isOpenID: Bool
    /// Of all that the page showed: what the person's yes was to.
    public let shown: Digest
    public let created: Timestamp

    public init(
        id: ClientID, organization: OrganizationID, person: PersonID, client: OAuthClientID, agent: AgentID,
        resource: String, redirect: String, effects: EffectSet, isOpenID: Bool, shown: Digest, created: Timestamp
    ) {
        self.id = id
        self.organization = organization
        self.person = person
        self.client = client
        self.agent = agent
        self.resource = resource
        self.redirect = redirect
        self.effects = effects
        self.isOpenID = isOpenID
        self.shown = shown
        self.created = created
    }
}

/// An authorization code. Only its hash is kept, and kept after its use, so that a second use is seen.
public struct OAuthCode: Sendable, Hashable {
    public let hash: Digest
    public let grant: ClientID
    public let challenge: CodeChallenge
    /// For the ID token.
    public let nonce: String?
    /// When the person had signed in who allowed it, for the ID token; nil for a code of before.
    public let signedIn: Timestamp?
    public let expires: Timestamp
    public let isUsed: Bool

    public init(
        hash: Digest, grant: ClientID, challenge: CodeChallenge, nonce: String?, signedIn: Timestamp?,
        expires: Timestamp, isUsed: Bool
    ) {
        self.hash = hash
        self.grant = grant
        self.challenge = challenge
        self.nonce = nonce
        self.signedIn = signedIn
        self.expires = expires
        self.isUsed = isUsed
    }

    public var used: OAuthCode {
        OAuthCode(
            hash: hash, grant: grant, challenge: challenge, nonce: nonce, signedIn: signedIn, expires: expires,
            isUsed: true)
    }
}

/// An access token or a refresh token of a grant. Only its hash is kept; that of a used refresh token as well, so that a
/// second use is seen.
public struct OAuthToken: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case access, refresh
    }

    public let hash: Digest
    public let kind: Kind
    public let grant: ClientID
    public let expires: Timestamp
    /// Of a refresh token that another has taken the place of, and of one that its client gave back alone.
    public let isUsed: Bool
    /// What it may do, of what its grant may; nil for all of that. It is set of a token that came of another.
    public let effects: EffectSet?
    /// Who acted before by the token that this one came of, as its `act` named them. For the record alone.
    public let actors: JSON?

    public init(
        hash: Digest, kind: Kind, grant: ClientID, expires: Timestamp, isUsed: Bool, effects: EffectSet? = nil,
        actors: JSON? = nil
    ) {
        self.hash = hash
        self.kind = kind
        self.grant = grant
        self.expires = expires
        self.isUsed = isUsed
        self.effects = effects
        self.actors = actors
    }

    public var used: OAuthToken {
        OAuthToken(
            hash: hash, kind: kind, grant: grant, expires: expires, isUsed: true, effects: effects, actors: actors)
    }
}
