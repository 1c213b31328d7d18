import Authority
import Gate
import Registry
import Testing
import Twins
import Wire

/// Signing in by a provider's word, over both stores.
struct ProvidedSignInTests {
    @Test(arguments: StoreKind.allCases)
    func `a linked login signs its person in, and only its own`(_ kind: StoreKind) async throws {
        let test = try await SignInStage(kind)
        let session = try await test.signIn(test.word()).get()
        #expect(session.person == SharingStage.alice)
        #expect(session.provided?.login == SignInStage.login)
        #expect(try await test.stage.store.browserSession(session.hash) == session)
        for login in [
            Login(issuer: "https://id.example", subject: "Alice-1"),
            Login(issuer: "https://id.example/", subject: "alice-1"),
            Login(issuer: "https://evil.example", subject: "alice-1"),
        ] {
            #expect(await test.isUnlinked(test.signIn(test.word(login))))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `one way there and back signs in once, however many bring it at once`(_ kind: StoreKind) async throws {
        let test = try await SignInStage(kind)
        let word = await test.word(number: 7)
        var signedIn = 0
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { await (try? test.signIn(word).get()) != nil }
            }
            for await one in group where one { signedIn += 1 }
        }
        #expect(signedIn == 1)
        #expect(await test.isReplayed(test.signIn(word)))
    }

    @Test(arguments: StoreKind.allCases)
    func `a session of before ends with the new one, and somebody else's isn't taken over`(
        _ kind: StoreKind
    ) async throws {
        let test = try await SignInStage(kind)
        let first = try await test.signIn(test.word(number: 1)).get()
        let second = try await test.signIn(test.word(number: 2), over: first).get()
        #expect(first.hash != second.hash)
        #expect(try await test.stage.store.browserSession(first.hash) == nil)
        let bob = Login(issuer: "https://id.example", subject: "bob-1")
        try await test.logins.link(bob, to: SharingStage.bob, by: SharingStage.operating, in: SharingStage.acme)
        guard case .failure(.somebodyElses) = await test.signIn(test.word(bob), over: second) else {
            Issue.record("another person's browser was taken over")
            return
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a lost group takes what it alone gave, in the commit that signs in`(_ kind: StoreKind) async throws {
        let test = try await SignInStage(kind)
        let stage = test.stage
        let sales = GroupID("sales")
        try await stage.group("sales")
        try await stage.group("others", SharingStage.alice)
        _ = try await stage.share(SharingStage.product, .group(sales))
        #expect(try await !stage.mayUse(SharingStage.product, SharingStage.alice))
        _ = try await test.signIn(test.word(groups: [sales: true, GroupID("gone"): true], number: 1)).get()
        #expect(try await stage.mayUse(SharingStage.product, SharingStage.alice))
        let client = try await stage.use(SharingStage.product, by: SharingStage.alice)
        _ = try await test.signIn(test.word(groups: [sales: true], number: 2)).get()
        #expect(
            try await stage.left(SharingStage.product, of: SharingStage.alice, client) == SharingStage.everything)
        _ = try await test.signIn(test.word(groups: [sales: false], number: 3)).get()
        #expect(try await !stage.mayUse(SharingStage.product, SharingStage.alice))
        #expect(try await stage.left(SharingStage.product, of: SharingStage.alice, client).isEmpty)
        let others = try await stage.administration.group(GroupID("others"), in: SharingStage.acme)
        #expect(others.members == [SharingStage.alice], "the provider doesn't decide about it")
    }

    @Test(arguments: StoreKind.allCases)
    func `unlinking, suspending and removing end what a login can do`(_ kind: StoreKind) async throws {
        let test = try await SignInStage(kind)
        let (stage, acme) = (test.stage, SharingStage.acme)
        let session = try await test.signIn(test.word(number: 1)).get()
        try await test.logins.unlink(SignInStage.login, by: SharingStage.operating, in: acme)
        #expect(try await stage.store.browserSession(session.hash) == nil)
        #expect(await test.isUnlinked(test.signIn(test.word(number: 2))))
        try await test.logins.link(SignInStage.login, to: SharingStage.alice, by: SharingStage.operating, in: acme)
        _ = try await stage.administration.suspendPerson(SharingStage.alice, by: SharingStage.operating, in: acme)
        #expect(await test.isUnlinked(test.signIn(test.word(number: 3))))
        _ = try await stage.administration.resumePerson(SharingStage.alice, by: SharingStage.operating, in: acme)
        _ = try await test.signIn(test.word(number: 4)).get()
        try await stage.administration.commit(
            offboarding: stage.administration.offboarding(
                of: SharingStage.alice, agentsTo: nil, by: SharingStage.operating, in: acme
            ).transaction)
        #expect(await test.isUnlinked(test.signIn(test.word(number: 5))))
        #expect(try await test.logins.logins(in: acme).isEmpty)
    }

    @Test(arguments: StoreKind.allCases)
    func `a provider that was changed meanwhile signs nobody in`(_ kind: StoreKind) async throws {
        let test = try await SignInStage(kind)
        let word = await test.word()
        try await test.stage.store.commit(Transaction(bumps: [.home]))
        guard case .failure(.unavailable) = await test.signIn(word) else {
            Issue.record("what was verified under other settings was taken")
            return
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a login is linked to one person, once, and to nobody who isn't active`(_ kind: StoreKind) async throws {
        let test = try await SignInStage(kind)
        let (acme, by) = (SharingStage.acme, SharingStage.operating)
        for person in [SharingStage.alice, SharingStage.bob] {
            let error = await #expect(throws: RegistryError.self) {
                try await test.logins.link(SignInStage.login, to: person, by: by, in: acme)
            }
            #expect(error?.code == .exists)
        }
        let other = Login(issuer: "https://id.example", subject: "other")
        let once = SpentOnce(digest: .sha256(of: [1]), until: test.stage.clock.world.now().adding(seconds: 600))
        try await test.logins.link(other, to: SharingStage.bob, by: by, in: acme, spending: once)
        try await test.logins.unlink(other, by: by, in: acme)
        await #expect(throws: RegistryError.self) {
            try await test.logins.link(other, to: SharingStage.bob, by: by, in: acme, spending: once)
        }
        _ = try await test.stage.administration.suspendPerson(SharingStage.bob, by: by, in: acme)
        await #expect(throws: RegistryError.self) {
            try await test.logins.link(other, to: SharingStage.bob, by: by, in: acme)
        }
        for subject in ["", "a\nb", String(repeating: "a", count: 256)] {
            await #expect(throws: RegistryError.self) {
                try await test.logins.link(
                    Login(issuer: "https://id.example", subject: subject), to: SharingStage.alice, by: by, in: acme)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `however many sign-ins fail, one record a minute tells of them`(_ kind: StoreKind) async throws {
        let test = try await SignInStage(kind)
        let failures = FailedSignIns(administration: test.stage.administration, organization: SharingStage.acme)
        func counts() async throws -> [Int64] {
            try await test.stage.leaves().filter { $0["change"] == "login.failed" }.compactMap {
                $0["count"]?.integerValue
            }
        }
        for _ in 0..<500 { await failures.note("stale") }
        #expect(try await counts() == [1])
        test.stage.clock.advance(seconds: 60)
        await failures.note("token-nonce")
        #expect(try await counts() == [1, 500])
        await failures.note("stale")
        await failures.flush()
        #expect(try await counts() == [1, 500, 1])
        await failures.flush()
        #expect(try await counts() == [1, 500, 1])
    }
}

/// People, and a login of Alice's at a provider.
private struct SignInStage {
    let stage: SharingStage
    let logins: LoginDesk
    static let login = Login(issuer: "https://id.example", subject: "alice-1")

    init(_ kind: StoreKind) async throws {
        stage = try await SharingStage(kind)
        logins = LoginDesk(administration: stage.administration, store: stage.store)
        try await logins.link(
            Self.login, to: SharingStage.alice, by: SharingStage.operating, in: SharingStage.acme)
    }

    func word(
        _ login: Login = login, session: String? = "s", groups: [GroupID: Bool] = [:],
        number: UInt8 = .random(in: 0...255)
    ) async -> ProvidedSignIn {
        ProvidedSignIn(
            provided: ProvidedSession(provider: "corp", login: login, session: session, hint: [1, 2, 3]),
            groups: groups,
            spending: SpentOnce(
                digest: .sha256(of: [number] + Array(login.subject.utf8)),
                until: stage.clock.world.now().adding(seconds: 600)),
            unmoved: [await stage.store.reading(.home)])
    }

    func signIn(
        _ word: ProvidedSignIn, over current: BrowserSession? = nil
    ) async -> Result<BrowserSession, ProvidedSignInRefusal> {
        do throws(ProvidedSignInRefusal) {
            return .success(
                try await stage.browsers.signIn(
                    with: word, in: SharingStage.acme, logins: logins, browser: "test", over: current
                ).session)
        } catch { return .failure(error) }
    }

    func isUnlinked(_ result: Result<BrowserSession, ProvidedSignInRefusal>) -> Bool {
        if case .failure(.unlinked) = result { true } else { false }
    }

    func isReplayed(_ result: Result<BrowserSession, ProvidedSignInRefusal>) -> Bool {
        if case .failure(.replayed) = result { true } else { false }
    }
}
