import Authority
import Definition
import Gate
import Registry
import Testing
import Twins
import Wire

/// Links and browser sessions on a clock that is set by hand.
struct BrowserTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let acme = OrganizationID("acme")
    private let operating = Administrator.systemUser(uid: 1)
    private let desk: BrowserDesk

    init() async throws {
        let administration = Administration(
            store: store, commits: store, shelf: LiveShelf(ToolShelf([])), world: clock.world, accounts: { _ in [] },
            isDemo: false)
        desk = BrowserDesk(administration: administration, browsers: store)
        for organization in ["acme", "rival"] {
            try await administration.addOrganization(
                OrganizationID(organization), name: organization, domains: ["\(organization).test"], by: operating)
            for person in ["alice", "dana"] {
                _ = try await administration.addPerson(
                    PersonID(person), name: nil, email: "\(person)@\(organization).test", subjects: [:],
                    by: operating, in: OrganizationID(organization))
            }
        }
    }

    private func link(_ person: String = "dana", in organization: String = "acme") async throws -> String {
        try await desk.makeLink(for: PersonID(person), by: operating, in: OrganizationID(organization))
    }

    private func signIn(_ person: String = "dana") async throws -> (session: BrowserSession, secret: String) {
        try await desk.signIn(with: try await link(person), browser: "test")
    }

    private func isRefused(_ link: String, over current: BrowserSession? = nil) async throws -> String {
        do throws(SignInRefusal) {
            _ = try await desk.signIn(with: link, browser: "test", over: current)
            return "taken"
        } catch {
            switch error {
            case .dead: return "dead"
            case .somebodyElses: return "somebody else's"
            case .unavailable(let error): throw error
            }
        }
    }

    @Test func `a link works for ten minutes`() async throws {
        let (early, late) = (try await link(), try await link())
        clock.advance(seconds: 599)
        #expect(try await desk.person(of: early)?.id == PersonID("dana"))
        #expect(try await isRefused(early) == "taken")
        clock.advance(seconds: 1)
        #expect(try await desk.person(of: late) == nil)
        #expect(try await isRefused(late) == "dead")
    }

    @Test func `a link works once`() async throws {
        let link = try await link()
        #expect(try await isRefused(link) == "taken")
        #expect(try await isRefused(link) == "dead")
        #expect(try await desk.person(of: link) == nil)
    }

    @Test func `a browser in which somebody else is signed in isn't taken over, whatever their organization`()
        async throws
    {
        let dana = try await signIn().session
        for (person, organization) in [("alice", "acme"), ("dana", "rival")] {
            let link = try await link(person, in: organization)
            #expect(try await isRefused(link, over: dana) == "somebody else's")
            #expect(try await desk.person(of: link)?.id == PersonID(person), "and the link is still good")
        }
        #expect(try await isRefused(try await link(), over: dana) == "taken")
    }

    @Test func `signing in again ends the session that the browser had`() async throws {
        let (old, secret) = try await signIn()
        let again = try await desk.signIn(with: try await link(), browser: "test", over: old)
        #expect(try await desk.signedIn(secret) == nil)
        #expect(try await desk.signedIn(again.secret) != nil)
        #expect(try await desk.sessions(of: PersonID("dana"), in: acme).map(\.id) == [again.session.id])
    }

    @Test func `a session ends after twelve idle hours and not before`() async throws {
        let (kept, left) = (try await signIn().secret, try await signIn().secret)
        clock.advance(seconds: BrowserSession.idleSeconds - 1)
        let seen = try #require(try await desk.signedIn(kept))
        clock.advance(seconds: 1)
        #expect(try await desk.signedIn(left) == nil)
        #expect(try await desk.signedIn(try #require(seen.newSecret)) != nil)
    }

    @Test func `a session ends after seven days however much it is used`() async throws {
        var secret = try await signIn().secret
        for _ in 0..<27 {
            clock.advance(seconds: 6 * 3600)
            secret = try #require(try await desk.signedIn(secret)).newSecret ?? secret
        }
        clock.advance(seconds: 6 * 3600 - 1)
        secret = try #require(try await desk.signedIn(secret)).newSecret ?? secret
        clock.advance(seconds: 1)
        #expect(try await desk.signedIn(secret) == nil)
    }

    @Test func `the secret changes every hour and the old one is good for a minute more`() async throws {
        let (session, first) = try await signIn()
        clock.advance(seconds: 3600)
        #expect(try await desk.signedIn(first)?.newSecret == nil)
        clock.advance(seconds: 1)
        let rotated = try #require(try await desk.signedIn(first))
        let second = try #require(rotated.newSecret)
        #expect(rotated.session.csrf == session.csrf, "open forms of the session still work")
        clock.advance(seconds: 59)
        #expect(try await desk.signedIn(first)?.newSecret == nil, "another tab doesn't rotate again")
        #expect(try await desk.signedIn(second) != nil)
        clock.advance(seconds: 1)
        #expect(try await desk.signedIn(first) == nil)
        #expect(try await desk.signedIn(second)?.session.id == session.id)
    }

    @Test func `signing out ends one session, and everywhere all of the person's and their links`() async throws {
        let (one, two, alice) = (try await signIn(), try await signIn(), try await signIn("alice"))
        let waiting = try await link()
        try await desk.signOut(one.session)
        #expect(try await desk.signedIn(one.secret) == nil)
        #expect(try await desk.signedIn(two.secret) != nil)
        try await desk.signOutEverywhere(two.session)
        #expect(try await desk.signedIn(two.secret) == nil)
        #expect(try await isRefused(waiting) == "dead")
        #expect(try await desk.signedIn(alice.secret) != nil)
    }

    @Test func `signing in and making links forgets what is dead`() async throws {
        let (alice, dana) = (PersonID("alice"), PersonID("dana"))
        let old = try await signIn().session
        clock.advance(seconds: BrowserSession.idleSeconds)
        #expect(try await store.browserSessions(of: dana, in: acme).map(\.id) == [old.id])
        let new = try await signIn("alice").session
        #expect(try await store.browserSessions(of: dana, in: acme).isEmpty)
        #expect(try await store.browserSessions(of: alice, in: acme).map(\.id) == [new.id])
    }

    @Test func `a secret is kept nowhere, and what isn't one is nobody's`() async throws {
        let (session, secret) = try await signIn()
        #expect(session.hash == .sha256(of: Array(secret.utf8)))
        for wrong in ["", "dpy_web_", String(secret.dropLast()), secret + "a", "dpy_login_" + secret.dropFirst(8)] {
            #expect(try await desk.signedIn(wrong) == nil)
        }
    }
}
