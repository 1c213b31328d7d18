public import Authority
import Gate
import Ledger
import Wire

/// Why a link doesn't sign anybody in.
public enum SignInRefusal: Error, Sendable {
    /// It is unknown, used or too old.
    case dead
    /// It is for another person than the one who is signed in.
    case somebodyElses
    case unavailable(RegistryError)
}

/// Signing in by one-time links, and the browser sessions that come of it.
public struct BrowserDesk: Sendable {
    let administration: Administration
    let browsers: any BrowserStore
    private let allowsLinks: @Sendable () async throws -> Bool

    /// - Parameter allowsLinks: whether one-time links are made and taken now.
    public init(
        administration: Administration, browsers: any BrowserStore,
        allowsLinks: @escaping @Sendable () async throws -> Bool = { true }
    ) {
        self.administration = administration
        self.browsers = browsers
        self.allowsLinks = allowsLinks
    }

    private static let linkPrefix = "dpy_login_"
    static let cookiePrefix = "dpy_web_"
    static let linkSeconds: Int64 = 600

    /// Every commit that adds a link or a session deletes more dead ones than it adds.
    static func forgetting(at now: Timestamp) -> BrowserChange {
        .forget(ExpiredBrowsers(at: now), most: 100)
    }

    /// Makes a link's secret. Whoever has it can sign in as the person, once, within ten minutes.
    public func makeLink(
        for person: PersonID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> String {
        let unmoved = await [administration.reading(.home), administration.reading(.person(organization, person))]
        guard try await administration.read({ try await allowsLinks() }) else {
            throw RegistryError(
                .refused, "one-time links are off in this home", hint: "turn them on with `deputy sign-in links on`")
        }
        let record = try await administration.requirePerson(person, in: organization)
        guard record.standing == .active else {
            throw RegistryError(.refused, "the account of `\(person)` is \(record.standing.rawValue)")
        }
        let secret = BrowserDesk.linkPrefix + Base64.encodeURL(randomBytes(32))
        let now = administration.world.now()
        let link = LoginLink(
            hash: BrowserDesk.hash(secret), organization: organization, person: person,
            expires: now.adding(seconds: BrowserDesk.linkSeconds))
        try await administration.commit(
            Transaction(
                requires: unmoved, changes: [BrowserChange.addLink(link), BrowserDesk.forgetting(at: now)],
                leaves: [
                    try administration.leaf(
                        ["change": "login.offered", "by": .string(administrator.text), "person": .string(person.raw)],
                        in: organization)
                ]))
        return secret
    }

    /// Whom a link would sign in. Looking changes nothing.
    public func person(of link: String) async throws(RegistryError) -> PersonRecord? {
        guard let link = try await self.link(link) else { return nil }
        let person = try await administration.read {
            try await administration.store.person(link.person, in: link.organization)
        }
        return person?.standing == .active ? person : nil
    }

    /// Takes the link and makes a session. A browser in which somebody else is signed in isn't taken over.
    ///
    /// - Parameter current: the session that the browser has now, which the new one takes the place of.
    /// - Returns: the session and its cookie's secret, which is kept nowhere.
    public func signIn(
        with secret: String, browser: String, over current: BrowserSession? = nil
    ) async throws(SignInRefusal) -> (session: BrowserSession, secret: String) {
        let (link, unmoved) = try await usable(secret)
        if let current, (current.organization, current.person) != (link.organization, link.person) {
            throw .somebodyElses
        }
        let (session, cookie) = session(of: link.person, in: link.organization, browser, provided: nil)
        do throws(CommitError) {
            try await administration.commits.commit(
                Transaction(
                    requires: unmoved,
                    changes: [
                        BrowserChange.takeLink(link.hash), BrowserChange.addSession(session),
                        BrowserDesk.forgetting(at: session.created),
                    ] + (current.map { [BrowserChange.endSession($0.id)] } ?? []),
                    leaves: [
                        try signing("login.taken", session)
                    ]))
        } catch {
            switch error {
            case .exists: throw .dead
            case .moved, .budgetSpent, .identicalCall, .approval, .window, .tooManyAsks, .unavailable:
                throw .unavailable(RegistryError(error))
            }
        }
        return (session, cookie)
    }

    /// A new session, with the secret of its cookie.
    func session(
        of person: PersonID, in organization: OrganizationID, _ browser: String, provided: ProvidedSession?
    ) -> (session: BrowserSession, secret: String) {
        let secret = BrowserDesk.cookiePrefix + Base64.encodeURL(randomBytes(32))
        let now = administration.world.now()
        let session = BrowserSession(
            id: BrowserSessionID(administration.world.newID("web")), organization: organization, person: person,
            hash: BrowserDesk.hash(secret), previous: nil, rotated: now, csrf: Base64.encodeURL(randomBytes(32)),
            browser: String(browser.prefix(200)), created: now, lastSeen: now, provided: provided)
        return (session, secret)
    }

    /// A link that signs somebody in now, and what its commit has to compare.
    private func usable(
        _ secret: String
    ) async throws(SignInRefusal) -> (link: LoginLink, unmoved: [EpochReading]) {
        do throws(RegistryError) {
            if let link = try await link(secret) {
                let unmoved = await [
                    administration.reading(.home), administration.reading(.person(link.organization, link.person)),
                ]
                if try await person(of: secret) != nil { return (link, unmoved) }
            }
        } catch {
            throw .unavailable(error)
        }
        throw .dead
    }

    private func link(_ secret: String) async throws(RegistryError) -> LoginLink? {
        guard secret.hasPrefix(BrowserDesk.linkPrefix), secret.utf8.count < 100 else { return nil }
        let link = try await administration.read { try await browsers.loginLink(BrowserDesk.hash(secret)) }
        guard let link, administration.world.now() < link.expires,
            try await administration.read({ try await allowsLinks() })
        else { return nil }
        return link
    }

    func signing(_ what: String, _ session: BrowserSession) throws(CommitError) -> PlacedLeaf {
        do {
            return PlacedLeaf(
                try Leaf(
                    kind: .authority, time: administration.world.now().microseconds,
                    fields: [
                        "change": .string(what), "by": .string("person:\(session.person)"),
                        "session": .string(session.id.raw),
                    ]), in: .organization(session.organization))
        } catch {
            throw .unavailable("the change is too large to be recorded")
        }
    }

    /// Looked up by the hash of 256 random bits: how long that takes says nothing about any stored secret.
    static func hash(_ secret: String) -> Digest { .sha256(of: Array(secret.utf8)) }
}
