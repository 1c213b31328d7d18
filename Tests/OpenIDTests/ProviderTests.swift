import OAuth
import Testing
import Wire

@testable import OpenID

struct ProviderTests {
    private static let document: JSONObject = [
        "issuer": .string(SampleProvider.issuer), "authorization_endpoint": "https://id.example/auth?tenant=1",
        "token_endpoint": "https://id.example/token", "jwks_uri": "https://keys.example/jwks",
        "end_session_endpoint": "https://id.example/logout",
        "id_token_signing_alg_values_supported": ["none", "HS256", "RS256", "ES256", "RS512"],
        "authorization_response_iss_parameter_supported": true, "scopes_supported": ["openid", "groups"],
    ]

    private func metadata(_ change: (inout JSONObject) -> Void = { _ in }) throws -> ProviderMetadata {
        var document = Self.document
        change(&document)
        return try ProviderMetadata(.object(document), of: Issuer(SampleProvider.issuer))
    }

    @Test func `the configuration is behind the issuer's own path`() throws {
        #expect(try Issuer("https://id.example").configurationPath == "/.well-known/openid-configuration")
        #expect(try Issuer("https://id.example/").configurationPath == "/.well-known/openid-configuration")
        #expect(
            try Issuer("https://id.example:8443/a/b").configurationPath == "/a/b/.well-known/openid-configuration")
        #expect(try Issuer("https://id.example:8443/a/b").origin == "https://id.example:8443")
    }

    @Test(arguments: [
        "", "id.example", "ftp://id.example", "https://", "https://id.example?x", "https://id.example/#a",
        "https://user@id.example", "https://id.example/ä", "https://id.example/a b", "javascript:alert(1)",
    ])
    func `what can't be an issuer isn't one`(_ text: String) {
        #expect(throws: MetadataFault.self) { try Issuer(text) }
    }

    @Test func `of the provider's algorithms those are taken that can't be forged`() throws {
        #expect(try metadata().algorithms == [.rs256, .es256])
        #expect(try metadata { $0["id_token_signing_alg_values_supported"] = JSON?.none }.algorithms == [.rs256])
        #expect(throws: MetadataFault.self) { try metadata { $0["id_token_signing_alg_values_supported"] = ["none"] } }
    }

    @Test func `a document of another issuer is refused, however near`() {
        for issuer in [SampleProvider.issuer + "/", "https://id.example", "https://ID.example/realms/acme"] {
            #expect(throws: MetadataFault.document("it is the one of another issuer")) {
                try metadata { $0["issuer"] = .string(issuer) }
            }
        }
        #expect(throws: MetadataFault.self) { try metadata { $0["issuer"] = JSON?.none } }
    }

    @Test(arguments: ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"])
    func `no endpoint is in clear or no address`(_ name: String) {
        for url: JSON in ["http://id.example/x", "javascript:alert(1)", "/x", 1] {
            #expect(throws: MetadataFault.self) { try metadata { $0[name] = url } }
        }
    }

    @Test func `a provider without code or S256 is told so`() {
        #expect(throws: MetadataFault.self) { try metadata { $0["response_types_supported"] = ["id_token"] } }
        #expect(throws: MetadataFault.self) { try metadata { $0["code_challenge_methods_supported"] = ["plain"] } }
    }

    @Test func `a request names everything that its answer is held against`() throws {
        let request = AuthorizationRequest(
            state: "s&t", nonce: "n", verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        let url = request.url(
            at: try metadata(), client: "deputy", redirectURI: "https://d.example/cb", scopes: ["groups"])
        // The challenge is the one of RFC 7636 appendix B.
        #expect(
            url == "https://id.example/auth?tenant=1&response_type=code&client_id=deputy"
                + "&redirect_uri=https%3A%2F%2Fd.example%2Fcb&scope=openid%20groups&state=s%26t&nonce=n"
                + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256")
    }

    @Test func `an answer is taken with its state and from the provider that was asked`() throws {
        let request = AuthorizationRequest.fresh()
        let honest = ["state": request.state, "iss": SampleProvider.issuer, "code": "c"]
        func refusal(_ change: (inout [String: String]) -> Void, namesItself: Bool = true) throws -> ResponseRefusal? {
            var query = honest
            change(&query)
            let provider = try metadata {
                $0["authorization_response_iss_parameter_supported"] = .bool(namesItself)
            }
            do throws(ResponseRefusal) {
                _ = try AuthorizationResponse(query, to: request, from: provider)
                return nil
            } catch { return error }
        }
        #expect(try refusal { _ in } == nil)
        #expect(try refusal { $0["state"] = "another" } == .state)
        #expect(try refusal { $0["state"] = nil } == .state)
        #expect(try refusal { $0["iss"] = "https://evil.example" } == .mixUp)
        #expect(try refusal { $0["iss"] = nil } == .mixUp, "it says that it always names itself")
        #expect(try refusal({ $0["iss"] = nil }, namesItself: false) == nil)
        #expect(try refusal({ $0["iss"] = "https://evil.example" }, namesItself: false) == .mixUp)
        #expect(try refusal { $0["error"] = "access_denied" } == .declined)
        #expect(try refusal { $0["code"] = nil } == .malformed)
        #expect(try refusal { $0["code"] = String(repeating: "c", count: 5_000) } == .malformed)
    }
}
