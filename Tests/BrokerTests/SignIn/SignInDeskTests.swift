import Authority
import Broker
import Gate
import OAuth
import OpenID
import Synchronization
import Testing
import Twins
import Vault
import Wire

/// The way to a provider and back, without a network.
struct SignInDeskTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let provider: FakeProvider
    private let desk: SignInDesk
    private static let back = "https://deputy.example/sign-in/corp/callback"

    private init() throws {
        let world = clock.world
        provider = FakeProvider(now: { world.now().microseconds / 1_000_000 })
        desk = SignInDesk(
            store: store, keys: try KeyRing.ephemeral(), errands: provider, organization: OrganizationID("acme"),
            world: world)
    }

    private func new(
        _ name: String = "corp", issuer: String? = nil, authentication: ClientAuthentication? = nil,
        groups: GroupMapping? = nil
    ) -> NewSignInProvider {
        NewSignInProvider(
            name: name, issuer: issuer ?? provider.issuer, clientID: "deputy", authentication: authentication,
            scopes: ["groups"], groups: groups)
    }

    private func add(_ new: NewSignInProvider, secret: String = "s3cret") async throws -> SignInProvider {
        var bytes = Array(secret.utf8)
        defer { #expect(bytes.isEmpty, "the secret is wiped") }
        return try await desk.add(new, secret: &bytes, by: "test")
    }

    /// There and back; the provider signs the nonce that it was asked for.
    private func go(
        _ corp: SignInProvider, to other: SignInProvider? = nil, after seconds: Int64 = 0,
        _ change: (inout [String: String]) -> Void = { _ in }
    ) async throws -> Result<CompletedSignIn, SignInProblem> {
        let begun = try await desk.begin(corp, redirectURI: Self.back, next: "/approvals")
        let asked = query(of: begun.url)
        provider.state.withLock { $0.claims["nonce"] = .string(asked["nonce"] ?? "") }
        clock.advance(seconds: seconds)
        var query = ["state": asked["state"] ?? "", "code": "c"]
        change(&query)
        do throws(SignInProblem) {
            let returned = try desk.returned(begun.ticket, state: query["state"], to: other ?? corp)
            return .success(try await desk.complete(other ?? corp, query, returned, redirectURI: Self.back))
        } catch { return .failure(error) }
    }

    private func problem(_ result: Result<CompletedSignIn, SignInProblem>) -> SignInProblem? {
        if case .failure(let problem) = result { problem } else { nil }
    }

    private func query(of url: String) -> [String: String] {
        let pairs = url.split(separator: "?", maxSplits: 1)[1].split(separator: "&").map { $0.split(separator: "=") }
        return Dictionary(
            pairs.map { (String($0[0]), PercentEncoding.decode(String($0[1])) ?? "") }, uniquingKeysWith: { $1 })
    }

    @Test func `what came back is who the provider says, and the code was asked for from here`() async throws {
        let corp = try await add(new())
        let done = try await go(corp).get()
        #expect(done.token.subject == "alice-1" && done.token.issuer == provider.issuer)
        #expect(done.next == "/approvals" && done.linking == nil)
        let redeemed = try #require(provider.state.withLock { $0.redeemed.last })
        #expect(redeemed.authentication == .basic && redeemed.grant.redirectURI == Self.back)
        #expect(redeemed.grant.verifier.utf8.count == 43)
    }

    @Test func `each refusal is told apart, and no code goes out where the answer isn't ours`() async throws {
        let corp = try await add(new())
        #expect(problem(try await go(corp) { $0["state"] = "another" }) == .response(.state))
        #expect(problem(try await go(corp) { $0["state"] = nil }) == .response(.state))
        #expect(problem(try await go(corp) { $0["iss"] = "https://evil.example" }) == .response(.mixUp))
        #expect(problem(try await go(corp) { $0["error"] = "access_denied" }) == .response(.declined))
        #expect(problem(try await go(corp, after: 600)) == .stale)
        #expect(provider.state.withLock { $0.redeemed.isEmpty })
        #expect(problem(try await go(corp, after: 599)) == nil)
        #expect(problem(try await go(corp) { $0["code"] = "wrong" }) == .code)
    }

    @Test(arguments: [(1_000, 1_000), (3_000, 0)])
    func `a way on that no cookie can hold is forgotten, and the sign-in goes on`(_ length: Int, _ kept: Int)
        async throws
    {
        let corp = try await add(new())
        let next = "/" + String(repeating: "n", count: length - 1)
        let begun = try await desk.begin(corp, redirectURI: Self.back, next: next)
        #expect(begun.ticket.utf8.count + "__Host-deputy-sign-in=".utf8.count <= 4_096)
        let asked = query(of: begun.url)
        provider.state.withLock { $0.claims["nonce"] = .string(asked["nonce"] ?? "") }
        let returned = try desk.returned(begun.ticket, state: asked["state"], to: corp)
        let done = try await desk.complete(
            corp, ["state": asked["state"] ?? "", "code": "c"], returned, redirectURI: Self.back)
        #expect(done.next.utf8.count == kept)
    }

    @Test func `a ticket is good for one provider as it was, and only unaltered`() async throws {
        let corp = try await add(new())
        let begun = try await desk.begin(corp, redirectURI: Self.back, next: "/")
        let state = query(of: begun.url)["state"]
        for ticket in [nil, "", "a.b", begun.ticket + "A", "x" + begun.ticket, String(begun.ticket.dropLast(2)) + "AA"]
        {
            #expect(throws: SignInProblem.stale) { try desk.returned(ticket, state: state, to: corp) }
        }
        _ = try desk.returned(begun.ticket, state: state, to: corp)
        try await desk.remove("corp", taking: Transaction(), by: "test")
        let again = try await add(
            NewSignInProvider(
                name: "corp", issuer: provider.issuer, clientID: "another", authentication: nil, scopes: [],
                groups: nil))
        #expect(throws: SignInProblem.stale) { try desk.returned(begun.ticket, state: state, to: again) }
    }

    @Test func `a new key is asked for once, and made-up ones seldom`() async throws {
        let corp = try await add(new())
        _ = try await go(corp).get()
        provider.rotate("k2")
        let before = provider.asked("/keys")
        _ = try await go(corp).get()
        #expect(provider.asked("/keys") == before + 1)
        _ = try await go(corp).get()
        #expect(provider.asked("/keys") == before + 1)

        let other = FakeProvider(now: { 0 })
        other.rotate("k2")
        for _ in 0..<20 {
            await #expect(throws: SignInProblem.self) { try await desk.logout(other.token("deputy"), of: corp) }
        }
        #expect(provider.asked("/keys") == before + 1, "a known key's id isn't a new key")
        other.rotate("made-up")
        for _ in 0..<20 {
            await #expect(throws: SignInProblem.token(.unknownKey)) {
                try await desk.logout(other.token("deputy"), of: corp)
            }
        }
        #expect(provider.asked("/keys") == before + 6)
        provider.rotate("k3")
        _ = try await go(corp).get()
        #expect(provider.asked("/keys") == before + 7, "strangers don't keep a person's new key from being found")
        clock.advance(seconds: 300)
        await #expect(throws: SignInProblem.self) { try await desk.logout(other.token("deputy"), of: corp) }
        #expect(provider.asked("/keys") == before + 8)
    }

    @Test func `what a provider publishes is kept for ten minutes, and its silence for a moment`() async throws {
        let corp = try await add(new())
        let document = "/acme/.well-known/openid-configuration"
        _ = try await go(corp).get()
        #expect(provider.asked(document) == 1)
        clock.advance(seconds: 600)
        _ = try await go(corp).get()
        #expect(provider.asked(document) == 2)
        clock.advance(seconds: 600)
        provider.state.withLock { $0.isDown = true }
        for _ in 0..<10 { await #expect(throws: SignInProblem.self) { _ = try await go(corp).get() } }
        #expect(provider.asked(document) == 3)
        provider.state.withLock { $0.isDown = false }
        clock.advance(seconds: 5)
        _ = try await go(corp).get()
    }

    @Test func `a provider that can't be used isn't kept`() async throws {
        for issuer in ["https://id.example", "https://id.example/acme/", "nonsense"] {
            await #expect(throws: BrokerError.self) { _ = try await add(new(issuer: issuer)) }
        }
        provider.state.withLock { $0.redirects = true }
        await #expect(throws: BrokerError.self) { _ = try await add(new()) }
        #expect(try await desk.settings().providers.isEmpty)
    }

    @Test func `names, secrets and what is there already are checked`() async throws {
        for name in ["", "Corp", "a/b", "a b", String(repeating: "a", count: 33)] {
            await #expect(throws: BrokerError.self) { _ = try await add(new(name)) }
        }
        await #expect(throws: BrokerError.self) { _ = try await add(new(authentication: .post), secret: "") }
        await #expect(throws: BrokerError.self) { _ = try await add(new(authentication: ClientAuthentication.none)) }
        _ = try await add(new(authentication: .post))
        await #expect(throws: BrokerError.self) { _ = try await add(new()) }
        await #expect(throws: BrokerError.self) { _ = try await add(new("other")) }
    }

    @Test func `a provider is changed in its place, and stays who it is`() async throws {
        func changed(_ name: String, _ issuer: String) -> NewSignInProvider {
            NewSignInProvider(
                name: name, issuer: issuer, clientID: "renamed", authentication: .post, scopes: [], groups: nil,
                replaces: true)
        }
        await #expect(throws: BrokerError.self) { _ = try await add(changed("corp", provider.issuer)) }
        _ = try await add(new())
        await #expect(throws: BrokerError.self) { _ = try await add(changed("corp", "https://other.example")) }
        await #expect(throws: BrokerError.self) { _ = try await add(changed("other", provider.issuer)) }
        _ = try await add(changed("corp", provider.issuer), secret: "newer")
        let corp = try await desk.provider("corp")
        #expect(corp.clientID == "renamed" && corp.authentication == .post)
        #expect(corp.secret?.withBytes { String(decoding: $0, as: UTF8.self) } == "newer")
        #expect(try await desk.settings().providers.count == 1)
    }

    @Test func `settings come back as they were, and the secret stands nowhere in clear`() async throws {
        let mapping = GroupMapping(
            claim: "/realm/roles", groups: ["a": [GroupID("x"), GroupID("y")], "b": [GroupID("x")]])
        _ = try await add(new(authentication: .post, groups: mapping))
        let provider = try await desk.provider("corp")
        #expect(provider.groups == mapping && provider.scopes == ["groups"] && provider.authentication == .post)
        #expect(provider.secret?.withBytes { String(decoding: $0, as: UTF8.self) } == "s3cret")
        let sealed = try #require(try await store.signInSettings())
        #expect(!String(decoding: sealed, as: UTF8.self).contains("s3cret"))
        let leaves = try await store.records(of: .organization(OrganizationID("acme")), from: 0, limit: 10)
        #expect(leaves.count == 1 && !String(decoding: leaves[0].bytes, as: UTF8.self).contains("s3cret"))
    }

    @Test func `groups are read from where they are, and nonsense is none`() async throws {
        let groups = ["eng": Set([GroupID("builders"), GroupID("staff")]), "all": Set([GroupID("staff")])]
        func members(_ claim: String, _ name: String, _ value: JSON) async throws -> Set<GroupID> {
            provider.state.withLock { $0.claims = [:] }
            provider.state.withLock { $0.claims[name] = value }
            let mapping = GroupMapping(claim: claim, groups: groups)
            let corp = try await add(new(groups: mapping))
            defer { provider.state.withLock { $0.claims = [:] } }
            let memberships = mapping.memberships(try await go(corp).get().token)
            #expect(Set(memberships.keys) == mapping.governed)
            try await desk.remove("corp", taking: Transaction(), by: "test")
            return Set(memberships.filter(\.value).keys)
        }
        let (builders, staff) = (GroupID("builders"), GroupID("staff"))
        #expect(try await members("groups", "groups", ["eng", "x"]) == [builders, staff])
        #expect(try await members("groups", "groups", "all") == [staff])
        #expect(try await members("/realm/roles", "realm", ["roles": ["all"]]) == [staff])
        #expect(try await members("https://a.example/groups", "https://a.example/groups", ["all"]) == [staff])
        for value: JSON in [[:], 7, [["eng"]], .null, ["ENG"], true] {
            #expect(try await members("groups", "groups", value).isEmpty)
        }
    }

    @Test func `one-time links stay on while there is nothing else`() async throws {
        await #expect(throws: BrokerError.self) { try await desk.allowLinks(false, by: "test") }
        _ = try await add(new())
        try await desk.allowLinks(false, by: "test")
        await #expect(throws: BrokerError.self) { try await desk.remove("corp", taking: Transaction(), by: "test") }
        try await desk.allowLinks(true, by: "test")
        try await desk.remove("corp", taking: Transaction(), by: "test")
    }

    @Test func `a proof of a login is one browser session's, for ten minutes`() async throws {
        let corp = try await add(new())
        let proof = try desk.proof(of: try await go(corp).get(), for: "web_1")
        #expect(desk.proved(proof, for: "web_1")?.subject == "alice-1")
        #expect(desk.proved(proof, for: "web_2") == nil)
        #expect(desk.proved(proof + "A", for: "web_1") == nil)
        clock.advance(seconds: 600)
        #expect(desk.proved(proof, for: "web_1") == nil)
    }
}
