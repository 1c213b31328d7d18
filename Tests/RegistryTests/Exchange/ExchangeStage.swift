import Authority
import Crypto
import Gate
import Registry
import Testing
import Twins
import Wire

/// A home that takes the word of `corp`, and a builder's client that has a token of Alice's.
final class ExchangeStage: Sendable {
    static let corp = "https://id.corp.example"
    static let audience = "api://builder"
    static let helper = "\(OAuthStage.issuer)/mcp/helper"
    static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
    static let idToken = "urn:ietf:params:oauth:token-type:id_token"

    let stage: OAuthStage
    let builder: RegisteredClient
    let key = P256.Signing.PrivateKey()
    let logins: LoginDesk

    init(once: Bool = false, ceiling: EffectSet = .all) async throws {
        stage = try await OAuthStage()
        logins = LoginDesk(administration: stage.administration, store: stage.store)
        builder = try await stage.desk.register(
            name: "Builder", redirects: [], isConfidential: true, ceiling: ceiling, by: OAuthStage.operating,
            in: OAuthStage.acme)
        publish(key, of: ExchangeStage.corp)
        _ = try await stage.desk.addIssuer(
            ExchangeStage.new("corp", at: ExchangeStage.corp, for: builder.client.id, once: once),
            by: OAuthStage.operating, in: OAuthStage.acme)
        for person in ["alice", "bob"] {
            try await logins.link(
                Login(issuer: ExchangeStage.corp, subject: "\(person)-1"), to: PersonID(person),
                by: OAuthStage.operating, in: OAuthStage.acme)
        }
    }

    static func new(
        _ name: String, at issuer: String, for client: OAuthClientID, once: Bool = false, idJag: Bool = true,
        subject: String = "sub", algorithms: [String] = [], audience: String = audience
    ) -> NewTokenIssuer {
        NewTokenIssuer(
            name: name, issuer: issuer, keys: nil, subject: subject, algorithms: algorithms,
            audiences: [TokenIssuer.Audience(name: audience, client: client)], grantsAccess: idJag, isOnce: once)
    }

    func publish(_ key: P256.Signing.PrivateKey, of issuer: String, kid: String = "k1") {
        let point = Array(key.publicKey.x963Representation)
        stage.box.put(
            ["issuer": .string(issuer), "jwks_uri": .string("\(issuer)/keys")],
            at: "\(issuer)/.well-known/openid-configuration")
        stage.box.put(
            [
                "keys": [
                    [
                        "kty": "EC", "crv": "P-256", "kid": .string(kid),
                        "x": .string(Base64.encodeURL(point[1..<33])), "y": .string(Base64.encodeURL(point[33...])),
                    ]
                ]
            ], at: "\(issuer)/keys")
    }

    var seconds: Int64 { stage.clock.world.now().microseconds / 1_000_000 }

    /// An ID token of `corp` about Alice, for the builder, with some of it otherwise.
    func token(
        of subject: String = "alice-1", type: String = "JWT", kid: String = "k1",
        signedBy other: P256.Signing.PrivateKey? = nil,
        _ changes: JSONObject = [:]
    ) throws -> String {
        var claims: JSONObject = [
            "iss": .string(ExchangeStage.corp), "sub": .string(subject), "aud": .string(ExchangeStage.audience),
            "iat": .number(JSONNumber(seconds)), "exp": .number(JSONNumber(seconds + 3_600)),
        ]
        for (name, value) in changes.members { claims[name] = value.isNull ? JSON?.none : value }
        let header: JSONObject = ["alg": "ES256", "typ": .string(type), "kid": .string(kid)]
        let text =
            Base64.encodeURL(JSON.object(header).bytes()) + "." + Base64.encodeURL(JSON.object(claims).bytes())
        let signature = try (other ?? key).signature(for: Array(text.utf8)).rawRepresentation
        return text + "." + Base64.encodeURL(Array(signature))
    }

    /// The identity provider's leave for the builder at the helper, for Alice.
    func assertion(of subject: String = "alice-1", id: String = "j-1", _ changes: JSONObject = [:]) throws -> String {
        var claims: JSONObject = [
            "aud": .string(OAuthStage.issuer), "client_id": .string(builder.client.id.raw), "jti": .string(id),
            "resource": .string(ExchangeStage.helper), "exp": .number(JSONNumber(seconds + 300)),
        ]
        for (name, value) in changes.members { claims[name] = value }
        return try token(of: subject, type: "oauth-id-jag+jwt", claims)
    }

    func exchange(
        _ token: String, by client: RegisteredClient? = nil, _ changes: [String: String?] = [:]
    ) async throws -> IssuedTokens {
        try await stage.token(
            client ?? builder,
            [
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": token,
                "subject_token_type": ExchangeStage.idToken, "resource": ExchangeStage.helper,
            ].merging(changes) { $1 })
    }

    func redeem(
        _ assertion: String, by client: RegisteredClient? = nil, _ changes: [String: String?] = [:]
    ) async throws -> IssuedTokens {
        try await stage.token(
            client ?? builder,
            [
                "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion,
            ].merging(changes) { $1 })
    }

    func told(of token: String) async throws -> JSONObject? {
        let parameters = try OAuthStage.parameters(OAuthStage.credentials(builder))
        return try await stage.desk.introspect(token, try ClientCredentials(parameters, authorization: []))
    }

    /// The last leaf.
    func leaf() async throws -> JSON {
        let last = try await stage.store.records(of: .organization(OAuthStage.acme), from: 0, limit: 999).last
        return try JSON.parse(try #require(last).bytes)
    }
}
