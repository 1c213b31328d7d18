import Testing
import Wire

@testable import OAuth

struct GrantTests {
    @Test func `client credentials are RFC 6749 section 4-4-2`() {
        let request = TokenRequest.clientCredentials(
            ["https://graph.microsoft.com/.default"], parameters: ["resource": "r", "audience": "a"],
            dialect: TokenDialect())
        #expect(
            SampleForm.fields(request, with: [("client_id", "c"), ("client_secret", "s&s")]) == [
                "grant_type=client_credentials", "scope=https://graph.microsoft.com/.default", "audience=a",
                "resource=r", "client_id=c", "client_secret=s&s",
            ])
        #expect(
            SampleForm.fields(TokenRequest.clientCredentials([], dialect: TokenDialect()))
                == ["grant_type=client_credentials"])
    }

    @Test func `scopes are asked for in a server's own way`() {
        let request = TokenRequest.clientCredentials(
            ["a", "b"], dialect: TokenDialect(separator: ",", scopeParameter: "user_scope"))
        #expect(SampleForm.fields(request) == ["grant_type=client_credentials", "user_scope=a,b"])
    }

    @Test func `an assertion of any server's own form is RFC 7523 section 2-1`() throws {
        let request = TokenRequest.bearer(try SampleForm.token("a.b.c"), scopes: ["x"])
        #expect(
            SampleForm.fields(request)
                == ["grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion=a.b.c", "scope=x"])
    }

    @Test func `what we sign for an authorization says who, for whom and how long`() throws {
        let id = try #require(AssertionID(Array(0..<16)))
        let audience = try AssertionAudience(.issuer, of: SampleForm.server())
        let delegate = try DelegatedSubject("a@acme.test", allowed: ["a@acme.test"], people: [])
        let token = try AuthorizationAssertion(
            issuer: "client-1", subject: .delegated(delegate), audience: audience, keyID: "k"
        ).signed(by: SampleKeys.key(SampleKeys.ec), .es256, id, now: SampleForm.now)
        let parts = try SampleForm.parts(token.text)
        #expect(parts.header == ["alg": "ES256", "typ": "JWT", "kid": "k"])
        #expect(
            parts.claims == [
                "iss": "client-1", "sub": "a@acme.test", "aud": "https://id.example/tenant",
                "jti": "00010203-0405-4607-8809-0a0b0c0d0e0f", "iat": 1_790_000_000, "exp": 1_790_000_300,
            ])
        let own = try AuthorizationAssertion(issuer: "c", subject: .ourselves, audience: audience, keyID: nil)
            .signed(by: SampleKeys.key(), .rs256, id, now: SampleForm.now)
        #expect(try SampleForm.parts(own.text).claims["sub"] == "c")
        #expect(try SampleForm.parts(own.text).header == ["alg": "RS256", "typ": "JWT"])
    }

    // MARK: on behalf of

    private static func user(_ claims: JSON) throws -> TokenText {
        try SampleForm.token("e30.\(Base64.encodeURL(claims.bytes())).AAAA")
    }

    @Test(arguments: ["client-1", "api://client-1"])
    func `a user's token for us is given on`(_ audience: String) throws {
        let token = try GrantTests.user(["aud": .string(audience), "scp": "access_as_user"])
        let request = try TokenRequest.onBehalfOf(
            UserToken(token, for: "client-1"), scopes: ["https://graph.microsoft.com/Mail.Read"], refreshable: true)
        #expect(
            SampleForm.fields(request) == [
                "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion=\(token.text)",
                "scope=https://graph.microsoft.com/Mail.Read offline_access", "requested_token_use=on_behalf_of",
            ])
    }

    @Test func `a refresh token is asked for only where it is wanted`() throws {
        let token = try UserToken(try GrantTests.user(["aud": "client-1", "scp": "s"]), for: "client-1")
        let request = try TokenRequest.onBehalfOf(token, scopes: ["a"], refreshable: false)
        #expect(try SampleForm.value("scope", request) == "a")
        #expect(throws: GrantFault.noScope) { _ = try TokenRequest.onBehalfOf(token, scopes: [], refreshable: true) }
    }

    @Test(
        arguments: [
            (#"{"aud": "another", "scp": "s"}"#, GrantFault.UserTokenFault.audience),
            (#"{"aud": ["client-1"], "scp": "s"}"#, .audience), (#"{"scp": "s"}"#, .audience),
            (#"{"aud": "api://another", "scp": "s"}"#, .audience),
            (#"{"aud": "client-1", "roles": ["Mail.Read"]}"#, .program), (#"{"aud": "client-1", "scp": ""}"#, .program),
            (#"{"aud": "client-1", "scp": "s", "idtyp": "app"}"#, .program), ("[]", .malformed), ("no", .malformed),
        ])
    func `a token that is no user's for us is not given on`(_ claims: String, _ fault: GrantFault.UserTokenFault) throws
    {
        let token = try SampleForm.token("e30.\(Base64.encodeURL(Array(claims.utf8))).AAAA")
        #expect(throws: GrantFault.userToken(fault)) { try UserToken(token, for: "client-1") }
    }

    @Test(arguments: ["opaque", "a.b", "a.b.c.d", "a.!.c"])
    func `a token that can't be read is not given on`(_ text: String) throws {
        let token = try SampleForm.token(text)
        #expect(throws: GrantFault.userToken(.malformed)) { try UserToken(token, for: "client-1") }
    }
}
