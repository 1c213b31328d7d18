import Broker
import Gate
import Hummingbird
import OAuth
import OpenID
import Synchronization
import Testing
import Vault
import Wire

@testable import Egress

/// How we say who we are at a token endpoint, as it arrives there.
struct ProviderErrandTests {
    private static let secret = "s3cret: +/%&="

    private func provider(_ authentication: ClientAuthentication) throws -> SignInProvider {
        var bytes = Array(Self.secret.utf8)
        return SignInProvider(
            name: "corp", issuer: try Issuer("https://id.example"), clientID: "deputy:1 ä",
            authentication: authentication, secret: authentication == .none ? nil : HeldSecret(consuming: &bytes),
            scopes: [], groups: nil)
    }

    private func redeemed(_ authentication: ClientAuthentication) async throws -> (
        authorization: String?, form: [String: String]
    ) {
        let seen = Mutex<(String?, String)>((nil, ""))
        let router = Router()
        router.post("/token") { request, _ in
            let body = String(buffer: try await request.body.collect(upTo: 10_000))
            seen.withLock { $0 = (request.headers[.authorization], body) }
            // A provider that tells back what it was sent.
            return body + (request.headers[.authorization] ?? "")
        }
        try await serving(router) { origin, egress in
            let metadata = try ProviderMetadata(
                [
                    "issuer": .string(origin), "authorization_endpoint": .string(origin + "/a"),
                    "token_endpoint": .string(origin + "/token"), "jwks_uri": .string(origin + "/k"),
                ], of: Issuer(origin))
            let answer = try await egress.redeem(
                CodeGrant(code: "c/1", verifier: "v", redirectURI: "https://d.example/cb"), at: metadata.token,
                as: try provider(authentication))
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(!text.contains("s3cret") && !text.contains(Base64.encode(Array(Self.secret.utf8))))
            #expect(egress.secrets.count == 0)
        }
        let (authorization, body) = seen.withLock { $0 }
        let pairs = body.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        return (
            authorization,
            Dictionary(
                uniqueKeysWithValues: pairs.map { (String($0[0]), PercentEncoding.decode(String($0[1])) ?? "") })
        )
    }

    private static let grant = [
        "grant_type": "authorization_code", "code": "c/1", "redirect_uri": "https://d.example/cb",
        "code_verifier": "v",
    ]

    @Test func `with Basic both names are encoded before they are joined`() async throws {
        let seen = try await redeemed(.basic)
        #expect(seen.form == Self.grant)
        let encoded = try #require(seen.authorization?.dropFirst("Basic ".count))
        let text = String(decoding: try #require(Base64.decode(String(encoded))), as: UTF8.self)
        #expect(text == "deputy%3A1%20%C3%A4:s3cret%3A%20%2B%2F%25%26%3D")
    }

    @Test func `with post the secret is a field of the form`() async throws {
        let seen = try await redeemed(.post)
        #expect(seen.authorization == nil)
        #expect(
            seen.form
                == Self.grant.merging(["client_id": "deputy:1 ä", "client_secret": Self.secret]) { first, _ in first })
    }

    @Test func `a public client says its name alone`() async throws {
        let seen = try await redeemed(.none)
        #expect(seen.authorization == nil)
        #expect(seen.form == Self.grant.merging(["client_id": "deputy:1 ä"]) { first, _ in first })
    }

    @Test func `a document isn't followed elsewhere, nor taken at any length`() async throws {
        let router = Router()
        router.get("/moved") { _, _ in Response(status: .found, headers: [.location: "/there"]) }
        router.get("/large") { _, _ in String(repeating: "x", count: 2 << 20) }
        router.get("/there") { request, _ in request.uri.string }
        try await serving(router) { origin, egress in
            #expect(try await egress.document(at: origin, "/moved").status == 302)
            let there = try await egress.document(at: origin, "/there?tenant=1")
            #expect(String(decoding: there.body, as: UTF8.self) == "/there?tenant=1")
            await #expect(throws: UpstreamFailure.self) { try await egress.document(at: origin, "/large") }
            for place in ["http://10.0.0.1", "http://localhost:1", "https://user@id.example", "ftp://id.example"] {
                await #expect(throws: UpstreamFailure.self) { try await egress.document(at: place, "/") }
            }
        }
    }

    private func serving(
        _ router: Router<BasicRequestContext>, _ body: @escaping @Sendable (String, HTTPEgress) async throws -> Void
    ) async throws {
        let egress = HTTPEgress(
            credentials: FixedCredential(placement: .none, secret: ""), addresses: AddressPolicy(allowLoopback: true),
            limits: EgressLimits(), secrets: LiveSecrets(), userAgent: "test", log: quiet)
        try await EgressTests.serving(router) { try await body($0, egress) }
        try await egress.shutdown()
    }
}
