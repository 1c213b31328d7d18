import Authority
import Registry
import Testing
import Twins
import Wire

/// An identity provider's leave for a client as a grant (ID-JAG).
struct AssertionTests {
    @Test func `a leave becomes a short token without a refresh token`() async throws {
        let stage = try await ExchangeStage()
        let issued = try await stage.redeem(try stage.assertion(["scope": "read send openid"]))
        #expect(issued.refresh == nil && issued.lasts == 600 && issued.type == nil)
        #expect(issued.effects == [.read, .send])
        let holder = try #require(try await stage.stage.holder(of: issued.access))
        #expect(holder.person == PersonID("alice") && holder.audience == ExchangeStage.helper)
        #expect(try await stage.leaf()["change"] == "client.granted")
    }

    @Test func `it is taken once, also by two at once`() async throws {
        let stage = try await ExchangeStage()
        let assertion = try stage.assertion()
        #expect(try await stage.redeem(assertion).lasts == 600)
        #expect(await refusal { try await stage.redeem(assertion) } == .invalidGrant)
        let raced = try stage.assertion(id: "j-2")
        let served = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { (try? await stage.redeem(raced)) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(served == 1)
    }

    @Test func `what isn't a leave for this client, here and now, is no grant`() async throws {
        let stage = try await ExchangeStage()
        let wrong: [JSONObject] = [
            ["client_id": "another"], ["aud": "https://other.example"],
            ["aud": [.string(OAuthStage.issuer), "https://other.example"]],
            ["exp": .number(JSONNumber(stage.seconds - 61))], ["iat": .number(JSONNumber(stage.seconds + 61))],
            ["jti": .null], ["resource": .null], ["sub": .null], ["cnf": ["jkt": "x"]],
        ]
        for changes in wrong {
            let assertion = try stage.assertion(changes)
            #expect(await refusal { try await stage.redeem(assertion) } == .invalidGrant, "\(changes)")
        }
        #expect(await refusal { try await stage.redeem(try stage.token()) } == .invalidGrant, "an ID token")
        #expect(
            await refusal { try await stage.exchange(try stage.assertion()) } == .invalidRequest, "nor the other way")
        #expect(await refusal { try await stage.redeem("") } == .invalidRequest)
        #expect(try await stage.leaf()["change"] == "exchange.refused")
    }

    @Test func `its resource is an agent here, and the one that is asked for`() async throws {
        let stage = try await ExchangeStage()
        let elsewhere = try stage.assertion(["resource": "https://other.example/mcp/helper"])
        #expect(await refusal { try await stage.redeem(elsewhere) } == .invalidTarget)
        let assertion = try stage.assertion()
        let other = ["resource": "\(OAuthStage.issuer)/mcp/private"]
        #expect(await refusal { try await stage.redeem(assertion, other) } == .invalidTarget)
        #expect(try await stage.redeem(assertion, ["resource": ExchangeStage.helper]).lasts == 600)
    }

    @Test func `the provider's scope and the client's narrow each other`() async throws {
        let stage = try await ExchangeStage()
        let narrowed = try stage.assertion(id: "j-3", ["scope": "read send"])
        #expect(try await stage.redeem(narrowed, ["scope": "send create"]).effects == [.send])
        let nothing = try stage.assertion(id: "j-4", ["scope": "openid"])
        #expect(await refusal { try await stage.redeem(nothing) } == .invalidScope, "openid isn't everything")
        let foreign = try stage.assertion(id: "j-5", ["scope": "read"])
        #expect(await refusal { try await stage.redeem(foreign, ["scope": "send"]) } == .invalidScope)
    }

    @Test func `an issuer whose leave isn't taken gives none`() async throws {
        let stage = try await ExchangeStage()
        try await stage.stage.desk.removeIssuer("corp", by: OAuthStage.operating, in: OAuthStage.acme)
        _ = try await stage.stage.desk.addIssuer(
            ExchangeStage.new("corp", at: ExchangeStage.corp, for: stage.builder.client.id, idJag: false),
            by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(await refusal { try await stage.redeem(try stage.assertion()) } == .invalidGrant)
        #expect(try await stage.exchange(try stage.token()).lasts == 600)
    }
}
