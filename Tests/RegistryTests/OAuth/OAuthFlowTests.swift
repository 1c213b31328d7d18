import Authority
import Gate
import Registry
import Testing
import Twins
import Wire

/// From a client's question to a token, and everything on that way that is refused.
struct OAuthFlowTests {
    @Test func `a person's yes becomes a token for one client, one agent and one URL`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let question = try await stage.question(client.client.id)
        #expect(question.lines.map(\.effect) == [.read, .send, .create])
        #expect(question.lines.first?.capabilities.isEmpty == false)
        let url = try await stage.desk.allow(question, [.read, .create], shown: question.shown)
        #expect(url.hasPrefix("https://app.example/cb?code="))
        let answer = try OAuthStage.answer(url)
        #expect(answer["state"] == "st&te")
        #expect(answer["iss"] == OAuthStage.issuer)
        let issued = try await stage.redeem(try #require(answer["code"]), client)
        #expect(issued.effects == [.read, .create])
        #expect(issued.lasts == 3_600)
        #expect(issued.idToken == nil)
        let holder = try #require(try await stage.holder(of: issued.access))
        #expect(holder.person == PersonID("alice"))
        #expect(holder.agents == [AgentID("helper")])
        #expect(holder.audience == "https://deputy.test/mcp/helper")
        let record = try #require(try await stage.store.token(holder.client))
        #expect(record.ceiling == [.read, .create])
        #expect(record.label == "App")
        let agreement = try await stage.store.agreement(
            of: PersonID("alice"), with: AgentID("helper"), in: OAuthStage.acme)
        #expect(Set(agreement?.capabilities.map(\.effect) ?? []) == [.read, .create])
        #expect(try await stage.changes().suffix(2) == ["client.allowed", "client.signed-in"])
    }

    @Test func `neither codes nor tokens nor secrets are in the ledger`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register(confidential: true)
        let code = try await stage.code(client.client.id)
        let first = try await stage.redeem(code, client)
        let second = try await stage.refresh(first.refresh, client)
        let ledger = try await stage.ledger()
        for secret in [code, first.access, first.refresh, second.access, second.refresh, client.secret].map({
            $0 ?? "?"
        }) {
            #expect(!ledger.contains(secret))
            #expect(!ledger.contains(Digest.sha256(of: Array(secret.utf8)).hex))
        }
    }

    @Test(arguments: [
        ("response_type", "token", "unsupported_response_type"), ("response_type", nil, "unsupported_response_type"),
        ("code_challenge", nil, "invalid_request"), ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"), ("code_challenge_method", nil, "invalid_request"),
        ("code_challenge_method", "s256", "invalid_request"), ("resource", nil, "invalid_target"),
        ("resource", "https://evil.example/mcp/helper", "invalid_target"),
        ("resource", "https://deputy.test/mcp/nobody", "invalid_target"),
        ("resource", "https://deputy.test/mcp/helper/", "invalid_target"),
        ("resource", "https://deputy.test/mcp/helper#x", "invalid_target"),
        ("resource", "https://deputy.test/org/rival/mcp/helper", "invalid_target"),
        ("scope", "profile", "invalid_scope"),
        ("scope", "administer", "invalid_scope"), ("response_mode", "fragment", "invalid_request"),
        ("request", "x", "invalid_request"), ("request_uri", "https://evil.example/r", "invalid_request"),
        ("prompt", "none", "interaction_required"),
    ])
    func `a request that isn't one is refused, to the client`(_ name: String, _ value: String?, _ code: String)
        async throws
    {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        guard case .answered(let refusal, let place, _) = try await problem(stage, client, [name: value]) else {
            Issue.record("the client isn't told")
            return
        }
        #expect(refusal.code.rawValue == code)
        let answer = try OAuthStage.answer(place.url(refusing: refusal))
        #expect(answer["error"] == code)
        #expect(answer["state"] == "st&te")
        #expect(answer["iss"] == OAuthStage.issuer)
    }

    /// Why nobody is asked; nil where somebody is.
    private func problem(
        _ stage: OAuthStage, _ client: RegisteredClient, _ changes: [String: String?], by person: String = "alice"
    ) async throws -> AuthorizationProblem? {
        let asked = try stage.ask(client.client.id, changes)
        do throws(AuthorizationProblem) {
            _ = try await stage.desk.question(asked, for: SignedInPerson(PersonID(person), in: OAuthStage.acme))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("client_id", nil), ("client_id", "nobody"), ("client_id", "http://127.0.0.1/client.json"),
        ("redirect_uri", nil),
        ("redirect_uri", "https://app.example/cb/"), ("redirect_uri", "https://app.example/cb?x=1"),
        ("redirect_uri", "https://app.example.evil.example/cb"), ("redirect_uri", "https://app.example/cb/../x"),
        ("redirect_uri", "https://app.example@evil.example/cb"), ("redirect_uri", "https://app.example/cb#x"),
        ("redirect_uri", "javascript://app.example/cb"),
    ])
    func `nothing is sent to a place that isn't the client's`(_ name: String, _ value: String?) async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        guard case .shown = try await problem(stage, client, [name: value]) else {
            Issue.record("not shown to the person alone")
            return
        }
    }

    @Test func `an agent that isn't there and one that isn't for this person are refused alike`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        var told: Set<String> = []
        for agent in ["nobody", "private"] {
            let problem = try await problem(
                stage, client, ["resource": "https://deputy.test/mcp/\(agent)"], by: "bob")
            if case .answered(let refusal, _, _) = problem { told.insert("\(refusal)") }
        }
        #expect(told.count == 1)
        #expect(
            await refusal {
                try await stage.question(client.client.id, ["resource": "https://deputy.test/mcp/private"])
            } == nil)
    }

    @Test(arguments: [
        ("code_verifier", String(repeating: "w", count: 43), "invalid_grant"),
        ("code_verifier", nil, "invalid_request"),
        ("code_verifier", OAuthStage.challenge, "invalid_grant"),
        ("redirect_uri", "https://app.example/cb2", "invalid_grant"), ("redirect_uri", nil, "invalid_request"),
        ("resource", "https://deputy.test/mcp/private", "invalid_grant"), ("code", "dpy_ac_nothing", "invalid_grant"),
        ("code", nil, "invalid_request"), ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "client_credentials", "unsupported_grant_type"), ("grant_type", nil, "invalid_request"),
    ])
    func `a code is good for its own request alone`(_ name: String, _ value: String?, _ code: String) async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let given = try await stage.code(client.client.id)
        #expect(await refusal { try await stage.redeem(given, client, [name: value]) }?.rawValue == code)
        // Who guesses wrong doesn't take the code away from whose it is.
        #expect(await refusal { try await stage.redeem(given, client) } == nil)
    }

    @Test func `a code is another client's for nobody`() async throws {
        let stage = try await OAuthStage()
        let (client, other) = (try await stage.register(), try await stage.register(confidential: true))
        let code = try await stage.code(client.client.id)
        #expect(await refusal { try await stage.redeem(code, other) } == .invalidGrant)
        #expect(await refusal { try await stage.redeem(code, client) } == nil)
    }

    @Test func `a code lasts a minute`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let (early, late) = (try await stage.code(client.client.id), try await stage.code(client.client.id))
        stage.clock.advance(seconds: 59)
        #expect(await refusal { try await stage.redeem(early, client) } == nil)
        stage.clock.advance(seconds: 1)
        #expect(await refusal { try await stage.redeem(late, client) } == .invalidGrant)
    }

    @Test func `a code's second use ends what the first gave`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let other = try await stage.signIn(client)
        let code = try await stage.code(client.client.id)
        let issued = try await stage.redeem(code, client)
        #expect(try await stage.holder(of: issued.access) != nil)
        #expect(await refusal { try await stage.redeem(code, client) } == .invalidGrant)
        #expect(try await stage.holder(of: issued.access) == nil)
        #expect(await refusal { try await stage.refresh(issued.refresh, client) } == .invalidGrant)
        #expect(try await stage.changes().last == "code.replayed")
        #expect(try await stage.holder(of: other.access) != nil, "what another yes gave stays")
    }

    @Test func `who knows an old code alone can end nothing`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let code = try await stage.code(client.client.id)
        let issued = try await stage.redeem(code, client)
        let wrong = ["code_verifier": String(repeating: "w", count: 43)]
        #expect(await refusal { try await stage.redeem(code, client, wrong) } == .invalidGrant)
        #expect(try await stage.holder(of: issued.access) != nil)
    }

    @Test func `of many that bring one code at once at most one is served, and then it ends`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let code = try await stage.code(client.client.id)
        let served = await withTaskGroup(of: IssuedTokens?.self) { group in
            for _ in 0..<20 { group.addTask { try? await stage.redeem(code, client) } }
            return await group.reduce(into: [IssuedTokens]()) { if let issued = $1 { $0.append(issued) } }
        }
        #expect(served.count == 1)
        for issued in served { #expect(try await stage.holder(of: issued.access) == nil) }
    }

    @Test func `what changed since the person looked isn't allowed by their yes`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let question = try await stage.question(client.client.id)
        await #expect(throws: RegistryError.self) {
            try await stage.desk.allow(question, question.effects, shown: .sha256(of: [1]))
        }
        await #expect(throws: RegistryError.self) { try await stage.desk.allow(question, [], shown: question.shown) }
        await #expect(throws: RegistryError.self) {
            try await stage.desk.allow(question, [.read, EffectSet(.delete)], shown: question.shown)
        }
        _ = try await stage.desk.revoke(client.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        await #expect(throws: RegistryError.self) {
            try await stage.desk.allow(question, question.effects, shown: question.shown)
        }
    }

    @Test func `a no goes to the client`() async throws {
        let stage = try await OAuthStage()
        let question = try await stage.question(try await stage.register().client.id)
        let answer = try OAuthStage.answer(stage.desk.deny(question))
        #expect(answer["error"] == "access_denied")
        #expect(answer["iss"] == OAuthStage.issuer)
        #expect(answer["code"] == nil)
    }

    @Test func `a yes is remembered for exactly what it was to, and for a site alone`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        #expect(try await stage.question(client.client.id).remembered == nil)
        _ = try await stage.redeem(try await stage.code(client.client.id, allowing: [.read]), client)
        #expect(try await stage.question(client.client.id).remembered != nil)
        #expect(try await stage.question(client.client.id).chosen == [.read])
        #expect(try await stage.question(client.client.id, by: "bob").remembered == nil)
        #expect(try await stage.question(client.client.id, ["scope": "read"]).remembered == nil)
        #expect(
            try await stage.question(client.client.id, ["resource": "https://deputy.test/mcp/private"]).remembered
                == nil)
        try await stage.desk.signOut(
            client.client.id, of: PersonID("alice"), by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(try await stage.question(client.client.id).remembered == nil)

        let local = try await stage.register(redirect: "http://127.0.0.1/cb")
        let place = ["redirect_uri": "http://127.0.0.1:5000/cb"]
        _ = try await stage.redeem(try await stage.code(local.client.id, place), local, place)
        #expect(try await stage.question(local.client.id, place).remembered == nil)
    }

    @Test func `an ID token is signed for who asks for one`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let code = try await stage.code(client.client.id, ["scope": "openid read", "nonce": "n1"])
        let issued = try await stage.redeem(code, client)
        let claims = try JSON.parse(String(try #require(issued.idToken).dropFirst("signed:".count)))
        #expect(claims["iss"] == .string(OAuthStage.issuer))
        #expect(claims["aud"] == .string(client.client.id.raw))
        #expect(claims["sub"] == "acme/alice")
        #expect(claims["nonce"] == "n1")
    }

    @Test func `an ID token says when its person signed in, and a client may want that to be lately`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let asked = ["scope": "openid read", "max_age": "120"]
        let seconds = stage.clock.world.now().microseconds / 1_000_000
        let question = try await stage.question(client.client.id, asked)
        #expect(question.staleness(at: stage.clock.world.now()) == nil)
        stage.clock.advance(seconds: 120)
        #expect(question.staleness(at: stage.clock.world.now()) == nil)
        let url = try await stage.desk.allow(question, question.effects, shown: question.shown)
        let issued = try await stage.redeem(try #require(try OAuthStage.answer(url)["code"]), client)
        #expect(try #require(issued.idToken).contains("\"auth_time\":\(seconds)"))
        stage.clock.advance(seconds: 1)
        #expect(question.staleness(at: stage.clock.world.now()) == 120)
        #expect(try await stage.question(client.client.id).staleness(at: stage.clock.world.now()) == nil)
    }

    @Test(arguments: [("0", 60), ("59", 60), ("61", 61), ("00061", 61)] as [(String, Int64)])
    func `nobody is asked to have signed in later than a minute ago`(_ text: String, _ seconds: Int64) async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let question = try await stage.question(client.client.id, ["max_age": text])
        let now = stage.clock.world.now()
        #expect(question.staleness(at: now.adding(seconds: seconds)) == nil)
        #expect(question.staleness(at: now.adding(seconds: seconds + 1)) == seconds)
        let again = try await stage.question(client.client.id, ["prompt": "login", "max_age": "9999"])
        #expect(again.staleness(at: now.adding(seconds: 61)) == 60)
        #expect(again.staleness(at: now.adding(seconds: 60)) == nil)
    }

    @Test(arguments: ["-1", "x", "1.5", "+1", "99999999999999999999", "1 "])
    func `an age that is none is refused`(_ text: String) async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        #expect(await refusal { try await stage.question(client.client.id, ["max_age": text]) } == .invalidRequest)
    }
}
