import OAuth
import Testing
import Wire

@Suite struct TokenAnswerTests {
    private func answer(
        _ body: String, status: Int = 200, _ dialect: TokenDialect = TokenDialect()
    ) throws(TokenFailure) -> TokenAnswer {
        try TokenAnswer(status: status, retryAfter: nil, body: Array(body.utf8), dialect: dialect)
    }

    @Test func `an answer as the specification has it`() throws {
        let answer = try answer(
            #"{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r","scope":"x y","extra":1}"#
        )
        #expect(answer.access.text == "a" && answer.refresh?.text == "r")
        #expect(answer.scopes == ["x", "y"] && answer.lifetime == 3600)
        #expect(answer.about["extra"]?.integerValue == 1)
    }

    @Test(arguments: [
        (#""3599""#, Int64?(3599)), ("0", nil), ("-1", nil), (#""soon""#, nil), ("1.5", nil), ("null", nil),
        ("99999999999", nil),
    ])
    func `a lifetime may be text, and what makes no sense is none`(value: String, seconds: Int64?) throws {
        #expect(try answer(#"{"access_token":"a","expires_in":\#(value)}"#).lifetime == seconds)
    }

    @Test func `what the answer leaves out is left to whoever asked`() throws {
        let answer = try answer(#"{"access_token":"a"}"#)
        #expect(answer.refresh == nil && answer.scopes == nil && answer.lifetime == nil && answer.idToken == nil)
    }

    private let slack = TokenDialect(
        separator: ",", scopeParameter: "user_scope", root: JSONPointer(steps: ["authed_user"]), tokenTypes: ["user"])

    /// As slack_sdk reads it: `perform_user_token_rotation`.
    @Test func `Slack's answer to a refresh token has at its root what the first one had under the person`() throws {
        let answer = try TokenAnswer(
            status: 200, retryAfter: nil,
            body: Array(
                """
                {"ok":true,"access_token":"xoxe.xoxp-2","refresh_token":"xoxe-2","token_type":"user","expires_in":43200,
                "scope":"chat:write","user_id":"U1"}
                """.utf8), dialect: slack, isRefresh: true)
        #expect(answer.access.text == "xoxe.xoxp-2" && answer.refresh?.text == "xoxe-2")
        #expect(answer.scopes == ["chat:write"] && answer.lifetime == 43_200)
    }

    /// docs.slack.dev, oauth.v2.access: the bot's token is at the top, the person's beside it.
    @Test func `of one answer an agent's own account takes the bot's token, and a person's the person's`() throws {
        let both = Array(
            """
            {"ok":true,"access_token":"xoxb-1","token_type":"bot","scope":"chat:write","bot_user_id":"U0BOT",
            "app_id":"A1","team":{"id":"T1","name":"Acme"},
            "authed_user":{"id":"U1","access_token":"xoxp-1","token_type":"user","scope":"users:read"}}
            """.utf8)
        let bots = TokenDialect(separator: ",", tokenTypes: ["bot"])
        let bot = try TokenAnswer(status: 200, retryAfter: nil, body: both, dialect: bots)
        #expect(bot.access.text == "xoxb-1" && bot.scopes == ["chat:write"])
        #expect(bot.about["team"]?["id"] == "T1" && bot.about["bot_user_id"] == "U0BOT")
        #expect(!JSON.object(bot.about).text.contains("xox"))
        let person = try TokenAnswer(status: 200, retryAfter: nil, body: both, dialect: slack)
        #expect(person.access.text == "xoxp-1" && person.scopes == ["users:read"])
        let alone = Array(#"{"ok":true,"authed_user":{"access_token":"xoxp-1","token_type":"user"}}"#.utf8)
        #expect(throws: TokenFailure.self) {
            try TokenAnswer(status: 200, retryAfter: nil, body: alone, dialect: bots)
        }
    }

    @Test func `the bot's token is never taken for the person's`() {
        let bot = #"{"ok":true,"access_token":"xoxe.xoxb-2","token_type":"bot"}"#
        #expect(throws: TokenFailure.self) {
            try TokenAnswer(
                status: 200, retryAfter: nil, body: Array(bot.utf8), dialect: slack, isRefresh: true)
        }
    }

    /// RFC 6749 section 7.1.
    @Test(arguments: ["DPoP", "mac", "", "N_A"]) func `a token of a kind that can't be used here isn't used`(
        type: String
    ) {
        #expect(throws: TokenFailure(.transient(nil), code: nil, status: 200)) {
            try answer(#"{"access_token":"a","token_type":"\#(type)"}"#)
        }
        #expect(throws: TokenFailure.self) { try answer(#"{"access_token":"a","token_type":7}"#) }
    }

    @Test func `of two tokens of one answer the person's own is taken`() throws {
        let answer = try answer(
            """
            {"ok":true,"access_token":"xoxe.xoxb-1","refresh_token":"xoxe-bot","team":{"id":"T1"},"authed_user":
            {"id":"U1","scope":"chat:write,users:read","access_token":"xoxe.xoxp-1","refresh_token":"xoxe-1","expires_in":43200}}
            """, slack)
        #expect(answer.access.text == "xoxe.xoxp-1" && answer.refresh?.text == "xoxe-1")
        #expect(answer.scopes == ["chat:write", "users:read"])
        #expect(answer.about["team"]?["id"]?.stringValue == "T1" && answer.about["id"]?.stringValue == "U1")
    }

    @Test func `nothing of a token is in what is kept of the rest, or shown`() throws {
        let answer = try answer(
            #"{"access_token":"canary-1","refresh_token":"canary-2","id_token":"canary-3","a":{"access_token":"canary-4"}}"#
        )
        #expect(!String(decoding: JSON.object(answer.about).bytes(), as: UTF8.self).contains("canary"))
        var dumped = ""
        dump(answer, to: &dumped)
        #expect(!dumped.contains("canary") && !"\(answer)".contains("canary"))
    }

    @Test(arguments: [
        "", "<html>", "[]", "\"a\"", #"{"access_token":""}"#, #"{"access_token":"a b"}"#, #"{"access_token":"a\n"}"#,
        #"{"access_token":7}"#, "{}", #"{"token":"a"}"#,
    ])
    func `what isn't an answer is taken for a passing fault`(body: String) {
        #expect(throws: TokenFailure(.transient(nil), code: nil, status: 200)) { try self.answer(body) }
    }
}

@Suite struct TokenFailureTests {
    @Test(arguments: [
        (400, #"{"error":"invalid_grant"}"#, TokenFailure.Kind.dead),
        (400, #"{"error":"invalid_grant","suberror":"bad_token"}"#, .needsUser(claims: nil)),
        (400, #"{"error":"invalid_grant","claims":"{}"}"#, .needsUser(claims: "{}")),
        (400, #"{"error":"invalid_grant","error_subtype":"invalid_rapt"}"#, .needsUser(claims: nil)),
        (400, #"{"error":"interaction_required","claims":"{\"c\":1}"}"#, .needsUser(claims: #"{"c":1}"#)),
        (400, #"{"error":"invalid_grant","claims":"what isn't JSON"}"#, .needsUser(claims: nil)),
        (200, #"{"ok":false,"error":"token_revoked"}"#, .dead),
        (200, #"{"ok":false,"error":"invalid_refresh_token"}"#, .dead),
        (200, #"{"error":"bad_refresh_token"}"#, .dead),
        (401, #"{"error":"invalid_client"}"#, .registration),
        (400, #"{"error":"unauthorized_client"}"#, .registration),
        (400, #"{"error":"invalid_scope"}"#, .scope),
        (400, #"{"error":"admin_policy_enforced"}"#, .policy),
        (503, #"{"error":"temporarily_unavailable"}"#, .transient(7)),
        (500, #"{"error":"invalid_grant"}"#, .transient(7)),
        (429, #"{"ok":false,"error":"ratelimited"}"#, .transient(7)),
        (400, #"{"error":"something_new"}"#, .transient(7)),
        (400, "{}", .transient(7)),
    ])
    func `a failure says whose turn it is`(status: Int, body: String, kind: TokenFailure.Kind) {
        let failure = #expect(throws: TokenFailure.self) {
            try TokenAnswer(status: status, retryAfter: 7, body: Array(body.utf8), dialect: TokenDialect())
        }
        #expect(failure?.kind == kind)
    }

    @Test func `nothing of the answer but its code is kept`() {
        let body = #"{"error":"<script>","error_description":"secret canary"}"#
        let failure = TokenFailure(status: 400, retryAfter: nil, body: Array(body.utf8))
        #expect(failure?.code == "<script>" && !"\(failure!)".contains("canary"))
        let long = #"{"error":"\#(String(repeating: "x", count: 65))"}"#
        #expect(TokenFailure(status: 400, retryAfter: nil, body: Array(long.utf8))?.code == nil)
    }
}

@Suite struct TokenRequestTests {
    @Test func `the fields of a code grant, with the client's`() {
        let request = TokenRequest.code(
            TokenText("c+d")!, verifier: CodeVerifier("v"), redirectURI: "https://a.test/cb")
        let (type, bytes) = request.body(.form, with: [("client_id", "i d")])
        #expect(type == "application/x-www-form-urlencoded")
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "grant_type=authorization_code&code=c%2Bd&redirect_uri=https%3A%2F%2Fa.test%2Fcb&code_verifier=v"
                + "&client_id=i%20d")
    }

    @Test func `a refresh names no scope`() {
        let (type, bytes) = TokenRequest.refresh(TokenText("r")!).body(.json, with: [])
        #expect(type == "application/json")
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"grant_type":"refresh_token","refresh_token":"r"}"#)
    }

    /// RFC 7636 appendix B.
    @Test func `the challenge is the one of the specification's example`() {
        #expect(
            CodeVerifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").challenge
                == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        #expect(CodeVerifier.fresh() != CodeVerifier.fresh())
        #expect("\(CodeVerifier("canary"))".contains("canary") == false)
    }
}
