public import Authority
public import Gate

/// Whom a provider means. The two together, compared byte by byte, are all that a person is ever found by: names and
/// addresses are handed on from one to the next, and a provider may let anybody claim them.
public struct Login: Sendable, Hashable {
    public let issuer: String
    public let subject: String

    public init(issuer: String, subject: String) {
        self.issuer = issuer
        self.subject = subject
    }
}

/// Whose login it is. One person may have several; one login is one person of an organization.
public struct LoginRecord: Sendable, Hashable {
    public let organization: OrganizationID
    public let login: Login
    public let person: PersonID
    /// Who said so, as leaves name them.
    public let by: String
    public let at: Timestamp

    public init(organization: OrganizationID, login: Login, person: PersonID, by: String, at: Timestamp) {
        self.organization = organization
        self.login = login
        self.person = person
        self.by = by
        self.at = at
    }
}

/// Logins, for reading.
public protocol LoginStore: Sendable {
    func login(_ login: Login, in organization: OrganizationID) async throws -> LoginRecord?
    /// By person, then issuer, then subject.
    func logins(in organization: OrganizationID) async throws -> [LoginRecord]
}

/// What becomes of logins in the store.
public enum LoginChange: StoredChange {
    /// Refused as `exists` when the login is somebody's already.
    case link(LoginRecord)
    /// Refused as `exists` when it is nobody's, or no longer this person's.
    case unlink(OrganizationID, Login, PersonID)
    /// All of a person.
    case unlinkAll(OrganizationID, PersonID)
}

/// How a browser session came of a provider's word.
public struct ProvidedSession: Sendable, Hashable {
    /// By which name the provider is known here.
    public let provider: String
    public let login: Login
    /// The provider's own session, where it names one.
    public let session: String?
    /// The ID token, sealed: the hint when the person signs out there too.
    public let hint: [UInt8]?

    public init(provider: String, login: Login, session: String?, hint: [UInt8]?) {
        self.provider = provider
        self.login = login
        self.session = session
        self.hint = hint
    }
}

extension BrowserSession {
    /// The same session, with its provider's token sealed anew.
    public func with(hint: [UInt8]) -> BrowserSession {
        BrowserSession(
            id: id, organization: organization, person: person, hash: hash, previous: previous, rotated: rotated,
            csrf: csrf, browser: browser, created: created, lastSeen: lastSeen,
            provided: provided.map {
                ProvidedSession(provider: $0.provider, login: $0.login, session: $0.session, hint: hint)
            })
    }
}

/// The browser sessions that a provider's word ends.
public struct ProvidedSessions: Sendable, Hashable {
    public let issuer: String
    /// Nil for every subject.
    public let subject: String?
    /// Nil for every one of the provider's sessions.
    public let session: String?

    public init(issuer: String, subject: String?, session: String?) {
        self.issuer = issuer
        self.subject = subject
        self.session = session
    }

    public func covers(_ provided: ProvidedSession) -> Bool {
        provided.login.issuer == issuer && (subject == nil || provided.login.subject == subject)
            && (session == nil || provided.session == session)
    }
}
