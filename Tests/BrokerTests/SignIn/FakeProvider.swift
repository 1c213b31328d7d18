import Broker
import Crypto
import Gate
import OAuth
import OpenID
import Synchronization
import Wire

/// A provider without a network: answers, counts what it was asked for, and signs with Ed25519.
final class FakeProvider: ProviderErrands {
    struct State {
        var key = Curve25519.Signing.PrivateKey()
        var keyID = "k1"
        var asked: [String] = []
        var redeemed: [(grant: CodeGrant, authentication: ClientAuthentication)] = []
        var isDown = false
        var redirects = false
        /// What the next token says besides.
        var claims: JSONObject = [:]
    }

    let issuer = "https://id.example/acme"
    let state = Mutex(State())
    private let now: @Sendable () -> Int64

    init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    func rotate(_ id: String) {
        state.withLock { ($0.key, $0.keyID) = (Curve25519.Signing.PrivateKey(), id) }
    }

    func asked(_ target: String) -> Int { state.withLock { state in state.asked.count { $0 == target } } }

    func document(at origin: String, _ target: String) async throws(UpstreamFailure) -> UpstreamAnswer {
        let (isDown, redirects, key, id) = state.withLock { state in
            state.asked.append(target)
            return (state.isDown, state.redirects, state.key, state.keyID)
        }
        if isDown { throw .notSent("the provider can't be reached") }
        let body: JSON? =
            switch target {
            case "/acme/.well-known/openid-configuration":
                [
                    "issuer": .string(issuer), "authorization_endpoint": "https://id.example/auth",
                    "token_endpoint": "https://id.example/token", "jwks_uri": "https://id.example/keys",
                    "id_token_signing_alg_values_supported": ["EdDSA"],
                    "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                ]
            case "/keys":
                [
                    "keys": [
                        [
                            "kty": "OKP", "crv": "Ed25519", "kid": .string(id),
                            "x": .string(Base64.encodeURL(Array(key.publicKey.rawRepresentation))),
                        ]
                    ]
                ]
            default: nil
            }
        return UpstreamAnswer(status: redirects ? 302 : body == nil ? 404 : 200, headers: [], body: body?.bytes() ?? [])
    }

    func redeem(
        _ grant: CodeGrant, at endpoint: Endpoint, as provider: SignInProvider
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        state.withLock { $0.redeemed.append((grant, provider.authentication)) }
        guard grant.code != "wrong" else { return UpstreamAnswer(status: 400, headers: [], body: []) }
        let body: JSON = ["id_token": .string(token(provider.clientID)), "access_token": "a"]
        return UpstreamAnswer(status: 200, headers: [], body: body.bytes())
    }

    func token(_ client: String) -> String {
        state.withLock { state in
            var claims: JSONObject = [
                "iss": .string(issuer), "sub": "alice-1", "aud": .string(client),
                "iat": .number(JSONNumber(now())), "exp": .number(JSONNumber(now() + 300)),
            ]
            for (name, value) in state.claims.members { claims[name] = value }
            let header: JSON = ["alg": "EdDSA", "kid": .string(state.keyID)]
            let text = Base64.encodeURL(header.bytes()) + "." + Base64.encodeURL(JSON.object(claims).bytes())
            let signature = (try? state.key.signature(for: Array(text.utf8))).map { Array($0) } ?? []
            return text + "." + Base64.encodeURL(signature)
        }
    }
}
