import Authority
import Gate
import Registry
import Testing
import Twins
import Wire

/// What ends tokens, and what nobody may end.
struct OAuthEndingTests {
    @Test func `a refresh token is used once, and its second use ends the family`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let first = try await stage.signIn(client)
        let second = try await stage.refresh(first.refresh, client)
        #expect(second.refresh != first.refresh)
        #expect(try await stage.holder(of: first.access)?.client == stage.holder(of: second.access)?.client)
        #expect(await refusal { try await stage.refresh(first.refresh, client) } == .invalidGrant)
        #expect(try await stage.holder(of: second.access) == nil)
        #expect(await refusal { try await stage.refresh(second.refresh, client) } == .invalidGrant)
        #expect(try await stage.changes().last == "refresh.replayed")
        let leaves = try await stage.changes().count
        for _ in 0..<5 { #expect(await refusal { try await stage.refresh(first.refresh, client) } == .invalidGrant) }
        #expect(try await stage.changes().count == leaves, "what has ended fills no ledger")
    }

    @Test func `of two refreshes at once one is served, and then the family has ended`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let first = try await stage.signIn(client)
        let served = await withTaskGroup(of: IssuedTokens?.self) { group in
            for _ in 0..<2 { group.addTask { try? await stage.refresh(first.refresh, client) } }
            return await group.reduce(into: [IssuedTokens]()) { if let issued = $1 { $0.append(issued) } }
        }
        #expect(served.count == 1)
        for issued in served { #expect(try await stage.holder(of: issued.access) == nil) }
        #expect(try await stage.holder(of: first.access) == nil)
    }

    @Test func `a refresh token is its client's, and only that client's replay ends something`() async throws {
        let stage = try await OAuthStage()
        let (client, other) = (try await stage.register(), try await stage.register())
        let first = try await stage.signIn(client)
        let second = try await stage.refresh(first.refresh, client)
        #expect(await refusal { try await stage.refresh(second.refresh, other) } == .invalidGrant)
        #expect(await refusal { try await stage.refresh(first.refresh, other) } == .invalidGrant)
        #expect(try await stage.holder(of: second.access) != nil)
    }

    @Test func `a refresh never widens, and stays at its resource`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let code = try await stage.code(client.client.id, allowing: [.read])
        let first = try await stage.redeem(code, client)
        #expect(
            await refusal { try await stage.refresh(first.refresh, client, ["scope": "read send"]) } == .invalidScope)
        let elsewhere = ["resource": "https://deputy.test/mcp/private"]
        #expect(await refusal { try await stage.refresh(first.refresh, client, elsewhere) } == .invalidTarget)
        #expect(try await stage.refresh(first.refresh, client, ["scope": "read"]).effects == [.read])
    }

    @Test func `an access token is no refresh token, and none of them is a code`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let issued = try await stage.signIn(client)
        #expect(await refusal { try await stage.refresh(issued.access, client) } == .invalidGrant)
        #expect(await refusal { try await stage.redeem(try #require(issued.refresh), client) } == .invalidGrant)
        #expect(try await stage.holder(of: try #require(issued.refresh)) == nil)
        #expect(try await stage.holder(of: try await stage.code(client.client.id)) == nil)
    }

    @Test func `tokens end with time`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        var issued = try await stage.signIn(client)
        stage.clock.advance(seconds: 3_599)
        #expect(try await stage.holder(of: issued.access) != nil)
        stage.clock.advance(seconds: 1)
        #expect(try await stage.holder(of: issued.access) == nil)
        // Whoever comes back within a month goes on, for three months at the most.
        for _ in 0..<3 {
            stage.clock.advance(seconds: 29 * 86_400)
            issued = try await stage.refresh(issued.refresh, client)
        }
        stage.clock.advance(seconds: 3 * 86_400)
        #expect(await refusal { try await stage.refresh(issued.refresh, client) } == .invalidGrant)
        let idle = try await stage.signIn(client)
        stage.clock.advance(seconds: 30 * 86_400)
        #expect(await refusal { try await stage.refresh(idle.refresh, client) } == .invalidGrant)
    }

    @Test func `what ends a person's tokens ends what they allowed to clients`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let issued = try await stage.signIn(client, by: "bob")
        _ = try await stage.administration.suspendPerson(
            PersonID("bob"), by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(try await stage.holder(of: issued.access) == nil)
        #expect(await refusal { try await stage.refresh(issued.refresh, client) } == .invalidGrant)
        #expect(await refusal { try await stage.question(client.client.id, by: "bob") } == .invalidTarget)
    }

    @Test func `a client that gives back one token is signed out, and another can't do that to it`() async throws {
        let stage = try await OAuthStage()
        let (client, other) = (try await stage.register(), try await stage.register())
        for gives in [false, true] {
            let issued = try await stage.signIn(client)
            let given = gives ? issued.access : try #require(issued.refresh)
            try await stage.desk.revoke(given, try credentials(other))
            #expect(try await stage.holder(of: issued.access) != nil)
            try await stage.desk.revoke(given, try credentials(client))
            #expect(try await stage.holder(of: issued.access) == nil)
            #expect(await refusal { try await stage.refresh(issued.refresh, client) } == .invalidGrant)
            try await stage.desk.revoke(given, try credentials(client))
        }
        try await stage.desk.revoke("dpy_at_nothing", try credentials(client))
    }

    @Test func `a client with a secret shows it, whatever it wants`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register(confidential: true)
        let code = try await stage.code(client.client.id)
        let bare = RegisteredClient(client: client.client, secret: nil)
        let wrong = RegisteredClient(client: client.client, secret: "dpy_cs_wrong")
        for impostor in [bare, wrong] {
            #expect(await refusal { try await stage.redeem(code, impostor) } == .invalidClient)
            #expect(await refusal { try await stage.desk.revoke("x", try credentials(impostor)) } == .invalidClient)
            #expect(await refusal { try await stage.desk.introspect("x", try credentials(impostor)) } == .invalidClient)
        }
        let issued = try await stage.redeem(code, client)
        for impostor in [bare, wrong] {
            #expect(await refusal { try await stage.refresh(issued.refresh, impostor) } == .invalidClient)
            #expect(
                await refusal { try await stage.desk.revoke(issued.refresh ?? "", try credentials(impostor)) }
                    == .invalidClient)
        }
        #expect(try await stage.holder(of: issued.access) != nil)
    }

    @Test func `a client with a secret is told of its own tokens alone`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register(confidential: true)
        let other = try await stage.register(confidential: true)
        let open = try await stage.register()
        let issued = try await stage.signIn(client)
        let told = try #require(try await stage.desk.introspect(issued.access, try credentials(client)))
        #expect(told["active"] == true)
        #expect(told["sub"] == "acme/alice")
        #expect(told["aud"] == "https://deputy.test/mcp/helper")
        #expect(told["scope"] == "read send create")
        #expect(try await stage.desk.introspect(issued.access, try credentials(other)) == nil)
        #expect(
            await refusal { try await stage.desk.introspect(issued.access, try credentials(open)) } == .invalidClient)
        try await stage.desk.revoke(issued.access, try credentials(client))
        #expect(try await stage.desk.introspect(issued.access, try credentials(client)) == nil)
    }

    @Test func `narrowing holds for every token, and a refresh keeps it`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let issued = try await stage.signIn(client)
        try await stage.desk.narrow(client.client.id, of: PersonID("alice"), to: [.read], in: OAuthStage.acme)
        let id = try #require(try await stage.holder(of: issued.access)).client
        #expect(try await stage.store.token(id)?.ceiling == [.read])
        #expect(try await stage.refresh(issued.refresh, client).effects == [.read])
        #expect(try await stage.question(client.client.id).remembered == nil)
        try await stage.desk.narrow(client.client.id, of: PersonID("alice"), to: [.create], in: OAuthStage.acme)
        #expect(try await stage.holder(of: issued.access) == nil, "nothing left is nothing at all")
    }

    @Test func `a ceiling is cut for all, and isn't given back by widening`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let people = [try await stage.signIn(client), try await stage.signIn(client, by: "bob")]
        _ = try await stage.desk.setCeiling(
            [.read], of: client.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        _ = try await stage.desk.setCeiling(.all, of: client.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        for issued in people {
            let id = try #require(try await stage.holder(of: issued.access)).client
            #expect(try await stage.store.token(id)?.ceiling == [.read])
        }
        _ = try await stage.desk.setCeiling(
            [.read], of: client.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(try await stage.question(client.client.id).effects == [.read])
    }

    @Test func `a revoked client has nothing left, and nobody can let it in until it is restored`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let code = try await stage.code(client.client.id)
        let people = [try await stage.signIn(client), try await stage.signIn(client, by: "bob")]
        _ = try await stage.desk.revoke(client.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        for issued in people {
            #expect(try await stage.holder(of: issued.access) == nil)
            #expect(await refusal { try await stage.refresh(issued.refresh, client) } == .invalidClient)
        }
        #expect(await refusal { try await stage.redeem(code, client) } == .invalidClient)
        #expect(await refusal { try await stage.question(client.client.id) } == .unauthorizedClient)
        _ = try await stage.desk.restore(client.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(await refusal { try await stage.question(client.client.id) } == nil)
        #expect(try await stage.holder(of: people[0].access) == nil, "what ended stays ended")
    }

    @Test func `a revocation undoes what an agreement rested on`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        _ = try await stage.signIn(client)
        func agreed() async throws -> Bool {
            try await stage.store.agreement(of: PersonID("alice"), with: AgentID("helper"), in: OAuthStage.acme) != nil
        }
        #expect(try await agreed())
        try await stage.desk.signOut(
            client.client.id, of: PersonID("alice"), by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(try await !agreed())
    }

    private func credentials(_ client: RegisteredClient) throws -> ClientCredentials {
        try ClientCredentials(try OAuthStage.parameters(OAuthStage.credentials(client)), authorization: [])
    }
}
