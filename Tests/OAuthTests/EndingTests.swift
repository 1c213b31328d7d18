import Testing
import Wire

@testable import OAuth

struct EndingTests {
    @Test(
        arguments: [
            (200, nil, "", RevocationOutcome.revoked), (200, nil, "{}", .revoked), (204, nil, "", .revoked),
            (400, nil, #"{"error": "invalid_token"}"#, .revoked), (400, nil, #"{"error": "invalid_grant"}"#, .revoked),
            (200, nil, #"{"ok": true, "revoked": true}"#, .revoked),
            (200, nil, #"{"ok": false, "error": "token_revoked"}"#, .revoked),
            (503, 30, "", .alive(retryAfter: 30)), (503, nil, "<html>", .alive(retryAfter: nil)),
            (429, 7, "{}", .alive(retryAfter: 7)), (500, nil, "", .alive(retryAfter: nil)),
            (400, nil, #"{"error": "unsupported_token_type"}"#, .unsupported), (404, nil, "", .unsupported),
            (405, nil, "", .unsupported), (401, nil, #"{"error": "invalid_client"}"#, .refused("invalid_client")),
            (403, nil, "", .refused(nil)), (302, nil, "", .refused(nil)),
            (200, nil, #"{"ok": false, "error": "not_authed"}"#, .refused("not_authed")),
        ])
    func `an answer says whether the token still lives`(
        _ status: Int, _ retryAfter: Int?, _ body: String, _ outcome: RevocationOutcome
    ) {
        #expect(RevocationOutcome(status: status, retryAfter: retryAfter, body: Array(body.utf8)) == outcome)
    }

    @Test func `revocation has the fields of RFC 7009 section 2-1`() throws {
        #expect(
            SampleForm.fields(TokenRequest.revoke(try SampleForm.token("45ghiukldjahdnhzdauz"), hint: "refresh_token"))
                == ["token=45ghiukldjahdnhzdauz", "token_type_hint=refresh_token"])
    }

    // MARK: introspection

    private static func introspection(_ body: String, _ status: Int = 200) throws -> Introspection {
        try Introspection(status: status, retryAfter: nil, body: Array(body.utf8))
    }

    @Test func `introspection has the fields of RFC 7662 section 2-1`() throws {
        #expect(
            SampleForm.fields(TokenRequest.introspect(try SampleForm.token("mF_9.B5f-4.1JqM"), hint: "access_token"))
                == ["token=mF_9.B5f-4.1JqM", "token_type_hint=access_token"])
    }

    @Test func `the answer of RFC 7662 section 2-2 is read`() throws {
        let answer = try EndingTests.introspection(
            #"{"active": true, "client_id": "l238j323ds-23ij4", "username": "jdoe", "scope": "read write dolphin", "#
                + #""sub": "Z5O3upPC88QrAjx00dis", "aud": "https://protected.example.net/resource", "#
                + #""iss": "https://server.example.com/", "exp": 1419356238, "iat": 1419350238}"#)
        guard case .active(let token) = answer else {
            Issue.record("it is active")
            return
        }
        #expect(token.username == "jdoe")
        #expect(token.scopes == ["read", "write", "dolphin"])
        #expect(token.audiences == ["https://protected.example.net/resource"])
    }

    @Test func `an answer may say nothing but that it is active`() throws {
        guard case .active(let token) = try EndingTests.introspection(#"{"active": true}"#) else {
            Issue.record("it is active")
            return
        }
        #expect(token.scopes == nil)
    }

    @Test func `beside a token that is dead nothing counts`() throws {
        #expect(try EndingTests.introspection(#"{"active": false, "username": "jdoe"}"#) == .dead)
    }

    @Test(arguments: ["{}", #"{"active": "true"}"#, #"{"active": 1}"#, "[]", "", "<html>"])
    func `what doesn't say it says nothing`(_ body: String) {
        #expect(throws: TokenFailure.self) { try EndingTests.introspection(body) }
    }

    @Test func `a refusal isn't an answer`() {
        let failure = #expect(throws: TokenFailure.self) {
            try EndingTests.introspection(#"{"error": "invalid_client", "active": true}"#, 401)
        }
        #expect(failure?.kind == .registration)
    }
}
