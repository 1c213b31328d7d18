public import Authority
public import Gate
public import Wire

public enum BrowserSessionKind {}
public typealias BrowserSessionID = ID<BrowserSessionKind>

/// A one-time link with which a person signs in. Only its hash is kept.
public struct LoginLink: Sendable, Hashable {
    public let hash: Digest
    public let organization: OrganizationID
    public let person: PersonID
    public let expires: Timestamp

    public init(hash: Digest, organization: OrganizationID, person: PersonID, expires: Timestamp) {
        self.hash = hash
        self.organization = organization
        self.person = person
        self.expires = expires
    }
}

/// A person's browser that signed in. The cookie is nowhere: only its hash.
public struct BrowserSession: Sendable, Hashable {
    public let id: BrowserSessionID
    public let organization: OrganizationID
    public let person: PersonID
    /// Of the cookie's secret.
    public let hash: Digest
    /// Of the secret before the last rotation, taken for a moment longer so that two tabs don't sign each other out.
    public let previous: Digest?
    public let rotated: Timestamp
    /// What every form of this session carries.
    public let csrf: String
    /// What the browser said of itself. Shown inert, never a ground for anything.
    public let browser: String
    public let created: Timestamp
    public let lastSeen: Timestamp
    /// Nil for one that a one-time link made.
    public let provided: ProvidedSession?

    public init(
        id: BrowserSessionID, organization: OrganizationID, person: PersonID, hash: Digest, previous: Digest?,
        rotated: Timestamp, csrf: String, browser: String, created: Timestamp, lastSeen: Timestamp,
        provided: ProvidedSession? = nil
    ) {
        self.id = id
        self.organization = organization
        self.person = person
        self.hash = hash
        self.previous = previous
        self.rotated = rotated
        self.csrf = csrf
        self.browser = browser
        self.created = created
        self.lastSeen = lastSeen
        self.provided = provided
    }

    /// Ends after twelve idle hours, and after seven days whatever happens.
    public static let idleSeconds: Int64 = 12 * 3600
    public static let longestSeconds: Int64 = 7 * 86_400
    static let rotationSeconds: Int64 = 3600
    static let graceSeconds: Int64 = 60
    static let touchSeconds: Int64 = 300

    func isAlive(at now: Timestamp) -> Bool {
        now < lastSeen.adding(seconds: BrowserSession.idleSeconds)
            && now < created.adding(seconds: BrowserSession.longestSeconds)
    }

    func isKnown(_ digest: Digest, at now: Timestamp) -> Bool {
        digest == hash || digest == previous && now < rotated.adding(seconds: BrowserSession.graceSeconds)
    }

    func seen(at now: Timestamp) -> BrowserSession {
        BrowserSession(
            id: id, organization: organization, person: person, hash: hash, previous: previous, rotated: rotated,
            csrf: csrf, browser: browser, created: created, lastSeen: now, provided: provided)
    }

    func rotated(to next: Digest, at now: Timestamp) -> BrowserSession {
        BrowserSession(
            id: id, organization: organization, person: person, hash: next, previous: hash, rotated: now, csrf: csrf,
            browser: browser, created: created, lastSeen: now, provided: provided)
    }
}

/// What is dead at a moment.
public struct ExpiredBrowsers: Sendable, Hashable {
    /// Links that expire then or before.
    public let linksUntil: Timestamp
    /// Sessions that were last seen then or before.
    public let seenUntil: Timestamp
    /// Sessions that were made then or before.
    public let createdUntil: Timestamp

    public init(at now: Timestamp) {
        linksUntil = now
        seenUntil = now.adding(seconds: -BrowserSession.idleSeconds)
        createdUntil = now.adding(seconds: -BrowserSession.longestSeconds)
    }
}

/// Links and sessions, for reading.
public protocol BrowserStore: Sendable {
    func loginLink(_ hash: Digest) async throws -> LoginLink?
    /// By the hash of its cookie, or of the one before.
    func browserSession(_ hash: Digest) async throws -> BrowserSession?
    /// Of one person, oldest first.
    func browserSessions(of person: PersonID, in organization: OrganizationID) async throws -> [BrowserSession]
}

/// What signing in and out changes in the store.
public enum BrowserChange: StoredChange {
    case addLink(LoginLink)
    /// Refused as `exists` when it was taken already.
    case takeLink(Digest)
    case addSession(BrowserSession)
    /// Refused as `exists` when its hash isn't `from` any more: somebody else rotated it.
    case replaceSession(BrowserSession, from: Digest)
    case endSession(BrowserSessionID)
    /// Sessions that a provider's word made.
    case endProvided(OrganizationID, ProvidedSessions)
    /// Sessions and links of a person.
    case endAll(OrganizationID, PersonID)
    /// Deletes what has ended by itself, the oldest first: at most so many of each kind, so that no commit takes long.
    case forget(ExpiredBrowsers, most: Int)
}
