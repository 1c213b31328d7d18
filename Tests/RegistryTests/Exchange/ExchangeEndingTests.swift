import Authority
import Crypto
import Gate
import Registry
import Testing
import Twins
import Wire

/// What ends tokens that came of others, and what nobody gets by bringing the wrong one.
struct ExchangeEndingTests {
    private func gone(_ issued: IssuedTokens, _ stage: ExchangeStage) async throws -> Bool {
        try await stage.stage.holder(of: issued.access) == nil
    }

    @Test func `unlinking the login ends what came of its tokens, and nobody else's`() async throws {
        let stage = try await ExchangeStage()
        let (token, bobs) = (try stage.token(), try stage.token(of: "bob-1"))
        let (issued, other) = (try await stage.exchange(token), try await stage.exchange(bobs))
        let login = Login(issuer: ExchangeStage.corp, subject: "alice-1")
        try await stage.logins.unlink(login, by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(try await gone(issued, stage))
        #expect(try await !gone(other, stage))
        #expect(await refusal { try await stage.exchange(token) } == .invalidRequest)
        #expect(await refusal { try await stage.redeem(try stage.assertion()) } == .invalidGrant)
        try await stage.logins.link(login, to: PersonID("bob"), by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(try await gone(issued, stage), "what ended stays ended")
        let again = try await stage.exchange(token)
        #expect(try await stage.stage.holder(of: again.access)?.person == PersonID("bob"))
    }

    @Test func `a store that forgets what came of a login is found out`() async throws {
        let stage = try await ExchangeStage()
        let issued = try await stage.exchange(try stage.token())
        let faulty = LoginDesk(
            administration: stage.stage.administration, store: ForgetfulStore(store: stage.stage.store))
        try await faulty.unlink(
            Login(issuer: ExchangeStage.corp, subject: "alice-1"), by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(try await !gone(issued, stage), "the planted fault leaves the token alive")
    }

    @Test func `removing the issuer, the client or the person ends them`() async throws {
        let ways: [@Sendable (ExchangeStage) async throws -> Void] = [
            { try await $0.stage.desk.removeIssuer("corp", by: OAuthStage.operating, in: OAuthStage.acme) },
            {
                _ = try await $0.stage.desk.revoke(
                    $0.builder.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
            },
            {
                _ = try await $0.stage.administration.suspendPerson(
                    PersonID("alice"), by: OAuthStage.operating, in: OAuthStage.acme)
            },
            {
                try await $0.stage.administration.commit(
                    offboarding: $0.stage.administration.offboarding(
                        of: PersonID("alice"), agentsTo: PersonID("bob"), by: OAuthStage.operating, in: OAuthStage.acme
                    ).transaction)
            },
        ]
        for end in ways {
            let stage = try await ExchangeStage()
            let token = try stage.token()
            let issued = try await stage.exchange(token)
            let record = try #require(try await stage.stage.holder(of: issued.access)).client
            try await end(stage)
            #expect(try await gone(issued, stage))
            #expect(try await stage.stage.store.token(record)?.state == .revoked)
            #expect(await refusal { try await stage.exchange(token) } != nil)
        }
    }

    @Test func `a client that gives back one token keeps its session`() async throws {
        let stage = try await ExchangeStage()
        let (one, two) = (try await stage.exchange(try stage.token()), try await stage.exchange(try stage.token()))
        let client = try #require(try await stage.stage.holder(of: one.access)).client
        let parameters = try OAuthStage.parameters(OAuthStage.credentials(stage.builder))
        for _ in 0..<2 {
            try await stage.stage.desk.revoke(one.access, try ClientCredentials(parameters, authorization: []))
        }
        #expect(try await gone(one, stage))
        #expect(try await !gone(two, stage))
        #expect(try await stage.told(of: one.access) == nil)
        let third = try await stage.exchange(try stage.token())
        #expect(try await stage.stage.holder(of: third.access)?.client == client, "nothing that was seen is forgotten")
    }

    @Test func `a session outlasts its tokens, so that waiting begins none anew`() async throws {
        let stage = try await ExchangeStage()
        let first = try #require(try await stage.stage.holder(of: try await stage.exchange(try stage.token()).access))
        for hours in [1, 13, 30] as [Int64] {
            stage.stage.clock.advance(seconds: hours * 3_600)
            let issued = try await stage.exchange(try stage.token())
            let next = try #require(try await stage.stage.holder(of: issued.access))
            #expect(next.client == first.client)
        }
    }

    @Test func `a person's narrowing stays, however often the client comes`() async throws {
        let stage = try await ExchangeStage()
        _ = try await stage.exchange(try stage.token())
        try await stage.stage.desk.narrow(
            stage.builder.client.id, of: PersonID("alice"), to: [.read], in: OAuthStage.acme)
        #expect(try await stage.exchange(try stage.token()).effects == [.read])
    }

    @Test func `a token of another audience, issuer or key gets nothing, and leaves a leaf`() async throws {
        let stage = try await ExchangeStage()
        let evil = P256.Signing.PrivateKey()
        stage.publish(evil, of: "https://evil.example")
        let wrong: [(String, String)] = [
            (try stage.token(["aud": "api://other"]), "audience"),
            (try stage.token(["iss": "https://evil.example"]), "issuer"),
            (try stage.token(signedBy: evil), "signature"),
            (try stage.token(kid: "k2", signedBy: evil), "unknown-key"),
            (try stage.token(["exp": .number(JSONNumber(stage.seconds - 1))]), "expired"),
            ("x.y.z", "malformed"),
        ]
        for (token, word) in wrong {
            #expect(await refusal { try await stage.exchange(token) } == .invalidRequest)
            let leaf = try await stage.leaf()
            #expect(
                leaf["change"] == "exchange.refused" && leaf["because"] == .string("the token isn't believed: \(word)"))
            #expect(leaf["client"] == .string(stage.builder.client.id.raw))
            #expect(try await !stage.stage.ledger().contains(token))
        }
    }

    @Test func `very many refusals of one client are counted, and leave no leaf each`() async throws {
        let stage = try await ExchangeStage()
        for _ in 0..<105 { #expect(await refusal { try await stage.exchange("x.y.z") } == .invalidRequest) }
        let noted = try await stage.stage.changes().count { $0 == "exchange.refused" }
        #expect(noted == 100)
        stage.stage.clock.advance(seconds: 300)
        #expect(await refusal { try await stage.exchange("x.y.z") } == .invalidRequest)
        #expect(try await stage.leaf()["unnoted"] == 5)
    }

    @Test func `a token that was made for another client is none of this one's business`() async throws {
        let stage = try await ExchangeStage()
        let other = try await stage.stage.register(confidential: true)
        let token = try stage.token()
        #expect(await refusal { try await stage.exchange(token, by: other) } == .invalidRequest)
        #expect(await refusal { try await stage.redeem(try stage.assertion(), by: other) } == .invalidGrant)
    }

    @Test func `an issuer, a client and a person are of one organization`() async throws {
        let stage = try await ExchangeStage()
        let (other, desk) = (OrganizationID("other"), stage.stage.desk)
        let administration = stage.stage.administration
        try await administration.addOrganization(
            other, name: "Other", domains: ["other.test"], by: OAuthStage.operating)
        _ = try await administration.addPerson(
            PersonID("mallory"), name: nil, email: "mallory@other.test", subjects: [:], by: OAuthStage.operating,
            in: other)
        _ = try await administration.addAgent(
            AgentID("helper"), owner: PersonID("mallory"),
            definition: ["slots": ["notes:person"], "users": "everyone", "actsAs": "assistant"],
            by: OAuthStage.operating, in: other)
        let client = try await desk.register(
            name: "Theirs", redirects: [], isConfidential: true, ceiling: .all, by: OAuthStage.operating, in: other)
        let key = P256.Signing.PrivateKey()
        stage.publish(key, of: "https://id.other.example")
        _ = try await desk.addIssuer(
            ExchangeStage.new("corp", at: "https://id.other.example", for: client.client.id), by: OAuthStage.operating,
            in: other)
        let login = Login(issuer: "https://id.other.example", subject: "m-1")
        try await stage.logins.link(login, to: PersonID("mallory"), by: OAuthStage.operating, in: other)
        let theirs = try stage.token(of: "m-1", signedBy: key, ["iss": .string(login.issuer)])
        let there = ["resource": "\(OAuthStage.issuer)/org/other/mcp/helper"]
        #expect(try await stage.exchange(theirs, by: client, there).lasts == 600)
        // Their issuer's word here, our issuer's word there, and each other's client.
        #expect(await refusal { try await stage.exchange(theirs) } == .invalidRequest)
        #expect(await refusal { try await stage.exchange(try stage.token(), by: client, there) } == .invalidRequest)
        #expect(await refusal { try await stage.exchange(theirs, by: client) } == .invalidClient)
        #expect(await refusal { try await stage.exchange(try stage.token(), there) } == .invalidClient)
    }

    @Test func `a client that was revoked or a person without the agent gets nothing`() async throws {
        let stage = try await ExchangeStage()
        let privately = ["resource": "\(OAuthStage.issuer)/mcp/private"]
        #expect(try await stage.exchange(try stage.token(), privately).lasts == 600)
        #expect(await refusal { try await stage.exchange(try stage.token(of: "bob-1"), privately) } == .invalidTarget)
        #expect(await refusal { try await stage.exchange(try stage.token(of: "carol-1")) } == .invalidRequest)
        #expect(try await stage.leaf()["subject"] == "carol-1")
        _ = try await stage.stage.desk.revoke(stage.builder.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(await refusal { try await stage.exchange(try stage.token()) } == .invalidClient)
    }

    @Test func `new keys are asked for when one is unknown, and not often`() async throws {
        let stage = try await ExchangeStage()
        let next = P256.Signing.PrivateKey()
        stage.publish(next, of: ExchangeStage.corp, kid: "k2")
        #expect(try await stage.exchange(try stage.token(kid: "k2", signedBy: next)).lasts == 600)
        let before = stage.stage.box.fetches
        for _ in 0..<20 { _ = await refusal { try await stage.exchange(try stage.token(kid: "k9", signedBy: next)) } }
        #expect(stage.stage.box.fetches - before == 8, "two documents each of the four times that are left")
    }
}

/// Knows whose a login is, and nothing of what came of its tokens.
private struct ForgetfulStore: LoginStore, ExchangeStore {
    let store: MemoryStore

    func login(_ login: Login, in organization: OrganizationID) async throws -> LoginRecord? {
        try await store.login(login, in: organization)
    }

    func logins(in organization: OrganizationID) async throws -> [LoginRecord] {
        try await store.logins(in: organization)
    }

    func tokenIssuers(in organization: OrganizationID) async throws -> [TokenIssuer] {
        try await store.tokenIssuers(in: organization)
    }

    func exchangedGrants(of login: Login, in organization: OrganizationID) async throws -> [ExchangedGrant] { [] }

    func exchangedGrants(from issuer: String, in organization: OrganizationID) async throws -> [ExchangedGrant] { [] }
}
