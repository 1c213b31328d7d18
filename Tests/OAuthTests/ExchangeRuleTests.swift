import OAuth
import Testing
import Wire

struct ExchangeRuleTests {
    private func form(_ request: consuming TokenRequest) -> [String] {
        String(decoding: request.body(.form, with: []).bytes, as: UTF8.self).split(separator: "&").map {
            PercentEncoding.decode(String($0)) ?? ""
        }
    }

    private func answer(_ access: String, _ issued: String?) throws -> TokenAnswer {
        var about: JSONObject = ["token_type": "Bearer"]
        if let issued { about["issued_token_type"] = .string(issued) }
        return TokenAnswer(
            access: try #require(TokenText(access)), refresh: nil, scopes: nil, lifetime: nil, about: about)
    }

    @Test func `an exchange names its API, and who acts where that is wanted`() throws {
        let rule = ExchangeRule(
            grant: .tokenExchange, audiences: ["api"],
            resources: [try #require(Endpoint("https://api.test/", secure: true))],
            requested: .access, namesActor: true)
        let fields = form(
            try rule.request(
                try #require(TokenText("subject")), clientID: "deputy", actor: TokenText("actor"), allowed: ["read"]))
        for field in [
            "grant_type=urn:ietf:params:oauth:grant-type:token-exchange", "subject_token=subject", "actor_token=actor",
            "audience=api", "resource=https://api.test/", "scope=read",
            "requested_token_type=urn:ietf:params:oauth:token-type:access_token",
            "actor_token_type=urn:ietf:params:oauth:token-type:jwt",
        ] { #expect(fields.contains(field)) }
    }

    @Test func `the rule's own scopes go before those of the connection`() throws {
        let rule = ExchangeRule(grant: .tokenExchange, scopes: ["all"])
        let fields = form(
            try rule.request(try #require(TokenText("subject")), clientID: "deputy", actor: nil, allowed: ["read"]))
        #expect(fields.contains("scope=all") && !fields.contains { $0.hasPrefix("actor_token") })
    }

    @Test func `what came back is compared with what was asked for`() throws {
        let subject = try #require(TokenText("subject"))
        let access = "urn:ietf:params:oauth:token-type:access_token"
        let rule = ExchangeRule(grant: .tokenExchange)
        try rule.check(try answer("other", access), of: subject)
        for (token, issued) in [
            ("other", nil), ("other", "urn:ietf:params:oauth:token-type:id_token"), ("subject", access),
        ] {
            #expect(throws: GrantFault.issuedType) { try rule.check(try answer(token, issued), of: subject) }
        }
    }

    @Test func `a whole name of a scope is the short one's`() throws {
        let body =
            #"{"access_token": "a", "token_type": "Bearer", "scope": "openid https://graph.microsoft.com/Mail.Read"}"#
        let answer = try TokenAnswer(
            status: 200, retryAfter: nil, body: Array(body.utf8),
            dialect: TokenDialect(scopePrefix: "https://graph.microsoft.com/"))
        #expect(answer.scopes == ["openid", "Mail.Read"])
    }
}
