import Authority
import Crypto
import Registry
import Testing
import Twins
import Wire

/// RFC 8693: what a builder's client gets for its user's token, and for what it gets nothing.
struct ExchangeTests {
    @Test func `a user's token becomes a short one of ours, for this person and this agent`() async throws {
        let stage = try await ExchangeStage()
        let issued = try await stage.exchange(try stage.token())
        #expect(issued.refresh == nil && issued.idToken == nil && issued.lasts == 600)
        #expect(issued.type == ExchangeStage.accessToken)
        #expect(issued.effects == [.read, .create, .send])
        let holder = try #require(try await stage.stage.holder(of: issued.access))
        #expect(holder.person == PersonID("alice") && holder.agents == [AgentID("helper")])
        #expect(holder.audience == ExchangeStage.helper && holder.ceiling == issued.effects)
        let told = try #require(try await stage.told(of: issued.access))
        #expect(told["sub"] == "acme/alice" && told["act"] == ["sub": .string(ExchangeStage.helper)])
        let leaf = try await stage.leaf()
        #expect(leaf["change"] == "client.exchanged" && leaf["person"] == "alice" && leaf["agent"] == "helper")
        #expect(leaf["client"] == .string(stage.builder.client.id.raw) && leaf["issuer"] == "corp")
        stage.stage.clock.advance(seconds: 600)
        #expect(try await stage.stage.holder(of: issued.access) == nil)
    }

    @Test func `it never lives longer than the token that it came of`() async throws {
        let stage = try await ExchangeStage()
        let token = try stage.token(["exp": .number(JSONNumber(stage.seconds + 90))])
        let issued = try await stage.exchange(token)
        #expect((89...90).contains(issued.lasts))
        stage.stage.clock.advance(seconds: 90)
        #expect(try await stage.stage.holder(of: issued.access) == nil)
        #expect(await refusal { try await stage.exchange(token) } == .invalidRequest)
    }

    @Test func `an access token by RFC 9068 is exchanged too, and never as the other kind`() async throws {
        let stage = try await ExchangeStage()
        let token = try stage.token(type: "at+jwt", ["jti": "t", "client_id": "web"])
        let asAccess = ["subject_token_type": ExchangeStage.accessToken]
        #expect(try await stage.exchange(token, asAccess).type == ExchangeStage.accessToken)
        #expect(await refusal { try await stage.exchange(token) } == .invalidRequest)
        #expect(await refusal { try await stage.exchange(try stage.token(), asAccess) } == .invalidRequest)
    }

    @Test func `the request's errors are those of the RFCs`() async throws {
        let stage = try await ExchangeStage()
        let token = try stage.token()
        for (changes, code) in [
            (["subject_token": nil], .invalidRequest), (["subject_token_type": nil], .invalidRequest),
            (["subject_token_type": "urn:ietf:params:oauth:token-type:saml2"], .invalidRequest),
            (["subject_token_type": "urn:ietf:params:oauth:token-type:jwt"], .invalidRequest),
            (["requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"], .invalidRequest),
            (["requested_token_type": "urn:ietf:params:oauth:token-type:id-jag"], .invalidRequest),
            (["actor_token": token], .invalidRequest), (["actor_token_type": ExchangeStage.idToken], .invalidRequest),
            (["resource": nil], .invalidTarget), (["resource": "https://other.example/mcp/helper"], .invalidTarget),
            (["resource": "\(OAuthStage.issuer)/mcp/nobody"], .invalidTarget),
            (["resource": "\(OAuthStage.issuer)/org/other/mcp/helper"], .invalidClient),
            (["audience": "https://other.example"], .invalidTarget), (["scope": "everything"], .invalidScope),
            (["scope": "administer"], .invalidScope), (["client_secret": "wrong"], .invalidClient),
        ] as [([String: String?], OAuthRefusal.Code)] {
            #expect(await refusal { try await stage.exchange(token, changes) } == code, "\(changes)")
        }
        #expect(try await stage.exchange(token, ["audience": OAuthStage.issuer]).lasts > 0)
        #expect(try await stage.exchange(token, ["requested_token_type": ExchangeStage.accessToken]).lasts > 0)
    }

    @Test func `the scope narrows this one token, within client and agent`() async throws {
        let stage = try await ExchangeStage(ceiling: [.read, .send, EffectSet(.delete)])
        let wide = try await stage.exchange(try stage.token())
        #expect(wide.effects == [.read, .send], "the agent deletes nothing, and the client creates nothing")
        let narrow = try await stage.exchange(try stage.token(), ["scope": "read create"])
        #expect(narrow.effects == [.read])
        let (first, second) = (
            try #require(try await stage.stage.holder(of: wide.access)),
            try #require(try await stage.stage.holder(of: narrow.access))
        )
        #expect(first.client == second.client, "one session, whichever token is used")
        #expect(first.ceiling == [.read, .send] && second.ceiling == [.read])
        #expect(try await stage.told(of: narrow.access)?["scope"] == "read")
        _ = try await stage.stage.desk.setCeiling(
            [.send], of: stage.builder.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(try await stage.told(of: wide.access)?["scope"] == "send")
        #expect(await refusal { try await stage.exchange(try stage.token(), ["scope": "read"]) } == .invalidScope)
    }

    @Test func `a token is exchanged as often as its client likes, unless the issuer is registered otherwise`()
        async throws
    {
        let many = try await ExchangeStage()
        let token = try many.token(["jti": "t-1"])
        let (one, two) = (try await many.exchange(token), try await many.exchange(token))
        #expect(one.access != two.access)
        let once = try await ExchangeStage(once: true)
        #expect(await refusal { try await once.exchange(try once.token()) } == .invalidRequest, "nothing to know it by")
        let named = try once.token(["jti": "t-1"])
        #expect(try await once.exchange(named).lasts == 600)
        #expect(await refusal { try await once.exchange(named) } == .invalidRequest)
        #expect(try await once.leaf()["because"] == "the token was brought before")
        let served = await withTaskGroup(of: Bool.self) { group in
            let raced = try? once.token(["jti": "t-2"])
            for _ in 0..<8 { group.addTask { (try? await once.exchange(raced ?? "")) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(served == 1)
    }

    @Test func `who acted before stays on record, and gives no right`() async throws {
        let stage = try await ExchangeStage()
        let history: JSON = ["sub": "planner", "act": ["sub": "web"]]
        let issued = try await stage.exchange(try stage.token(["act": history]))
        #expect(
            try await stage.told(of: issued.access)?["act"] == ["sub": .string(ExchangeStage.helper), "act": history])
        #expect(try await stage.leaf()["actors"] == history)
    }

    @Test func `who may act is this agent, or the token is no good`() async throws {
        let stage = try await ExchangeStage()
        let helper = JSON.string(ExchangeStage.helper)
        let mine: [JSON] = [
            ["sub": helper], ["sub": helper, "iss": .string(OAuthStage.issuer)],
            ["sub": helper, "client_id": .string(stage.builder.client.id.raw)],
        ]
        for permitted in mine { _ = try await stage.exchange(try stage.token(["may_act": permitted])) }
        let others: [JSON] = [
            ["sub": "helper"], ["sub": .string("\(OAuthStage.issuer)/mcp/private")],
            ["client_id": .string(stage.builder.client.id.raw)], ["sub": helper, "iss": "https://evil.example"],
            ["sub": helper, "client_id": "another"], ["sub": helper, "until": 9],
        ]
        for permitted in others {
            let token = try stage.token(["may_act": permitted])
            #expect(await refusal { try await stage.exchange(token) } == .invalidRequest, "\(permitted)")
        }
    }

    @Test func `an actor token names the agent, or it is refused`() async throws {
        let stage = try await ExchangeStage()
        func actor(_ token: String) -> [String: String?] {
            ["actor_token": token, "actor_token_type": ExchangeStage.idToken]
        }
        let token = try stage.token()
        #expect(try await stage.exchange(token, actor(try stage.token(of: ExchangeStage.helper))).lasts == 600)
        for other in ["alice-1", "\(OAuthStage.issuer)/mcp/private", "helper"] {
            let brought = actor(try stage.token(of: other))
            #expect(await refusal { try await stage.exchange(token, brought) } == .invalidRequest)
        }
        let forged = actor(try stage.token(of: ExchangeStage.helper, signedBy: P256.Signing.PrivateKey()))
        #expect(await refusal { try await stage.exchange(token, forged) } == .invalidRequest)
    }

    @Test func `a client without a secret of an administrator exchanges nothing`() async throws {
        let stage = try await ExchangeStage()
        let token = try stage.token()
        let open = try await stage.stage.register()
        #expect(await refusal { try await stage.exchange(token, by: open) } == .unauthorizedClient)
        let itself = try await stage.stage.desk.registerItself(
            Array(
                #"{"redirect_uris":["https://a.example/cb"],"token_endpoint_auth_method":"client_secret_post"}"#.utf8))
        #expect(await refusal { try await stage.exchange(token, by: itself) } == .unauthorizedClient)
    }
}
