import Testing
import Wire

@testable import OAuth

struct TokenExchangeTests {
    private static func typed(_ text: String, _ type: TokenType) throws -> TypedToken {
        TypedToken(try SampleForm.token(text), type)
    }

    private static func answer(_ json: String) throws -> TokenAnswer {
        try TokenAnswer(status: 200, retryAfter: nil, body: Array(json.utf8), dialect: TokenDialect().ofAnyKind)
    }

    @Test func `the request is RFC 8693 section 2-3's`() throws {
        var exchange = TokenExchange(
            subject: try TokenExchangeTests.typed("accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC", .access))
        exchange.resources = [try #require(Endpoint("https://backend.example.com/api", secure: true))]
        #expect(
            SampleForm.fields(TokenRequest.exchange(exchange)) == [
                "grant_type=urn:ietf:params:oauth:grant-type:token-exchange",
                "resource=https://backend.example.com/api",
                "subject_token=accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC",
                "subject_token_type=urn:ietf:params:oauth:token-type:access_token",
            ])
    }

    @Test func `an actor comes with its type, and only then`() throws {
        var exchange = TokenExchange(
            subject: try TokenExchangeTests.typed("s", .id), actor: try TokenExchangeTests.typed("a", .jwt),
            requested: .access)
        exchange.audiences = ["one", "two"]
        exchange.scopes = ["x", "y"]
        #expect(
            SampleForm.fields(TokenRequest.exchange(exchange)).dropFirst() == [
                "audience=one", "audience=two", "scope=x y",
                "requested_token_type=urn:ietf:params:oauth:token-type:access_token", "subject_token=s",
                "subject_token_type=urn:ietf:params:oauth:token-type:id_token", "actor_token=a",
                "actor_token_type=urn:ietf:params:oauth:token-type:jwt",
            ])
    }

    @Test func `the answer of RFC 8693 section 2-3 is one to its request`() throws {
        let exchange = TokenExchange(subject: try TokenExchangeTests.typed("s", .access))
        let answer = try TokenExchangeTests.answer(
            #"{"access_token": "eyJhbGci", "issued_token_type": "urn:ietf:params:oauth:token-type:access_token", "#
                + #""token_type": "Bearer", "expires_in": 60}"#)
        try exchange.check(answer)
        #expect(answer.lifetime == 60)
    }

    @Test(
        arguments: [
            (#""token_type": "Bearer""#, TokenType?.none),
            (#""token_type": "Bearer", "issued_token_type": "urn:another""#, nil),
            (#""token_type": "Bearer", "issued_token_type": "urn:ietf:params:oauth:token-type:refresh_token""#, nil),
            (#""token_type": "Bearer", "issued_token_type": "urn:ietf:params:oauth:token-type:jwt""#, .access),
            (#""token_type": "N_A", "issued_token_type": "urn:ietf:params:oauth:token-type:access_token""#, .access),
            (#""issued_token_type": "urn:ietf:params:oauth:token-type:access_token""#, .access),
            (#""token_type": "N_A", "issued_token_type": "urn:ietf:params:oauth:token-type:id-jag""#, .access),
            (#""token_type": "DPoP", "issued_token_type": "urn:ietf:params:oauth:token-type:access_token""#, nil),
        ])
    func `another kind than was asked for isn't taken`(_ members: String, _ requested: TokenType?) throws {
        let exchange = TokenExchange(subject: try TokenExchangeTests.typed("s", .access), requested: requested)
        let answer = try TokenExchangeTests.answer(#"{"access_token": "a", \#(members)}"#)
        #expect(throws: GrantFault.issuedType) { try exchange.check(answer) }
    }
}
