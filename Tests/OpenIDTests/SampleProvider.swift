import Crypto
import CryptoExtras
import Wire

@testable import OpenID

/// A provider that signs whatever a test wants, honest or not.
struct SampleProvider {
    static let issuer = "https://id.example/realms/acme"
    static let clientID = "deputy"
    static let nonce = "n-0S6_WzA2Mj"
    static let now: Int64 = 1_800_000_000
    static let accessToken = "an access token"

    static let rsa = must { try _RSA.Signing.PrivateKey(keySize: .bits2048) }
    static let otherRSA = must { try _RSA.Signing.PrivateKey(keySize: .bits2048) }
    static let p256 = P256.Signing.PrivateKey()
    static let ed25519 = Curve25519.Signing.PrivateKey()

    static let client = TokenClient(
        issuer: issuer, clientID: clientID, algorithms: Set(SigningAlgorithm.allCases))

    static func keyID(_ algorithm: SigningAlgorithm) -> String { "key-\(algorithm.rawValue)" }

    static func jwk(_ algorithm: SigningAlgorithm) -> JSON {
        var key: JSONObject = ["kid": .string(keyID(algorithm)), "use": "sig", "alg": .string(algorithm.rawValue)]
        switch algorithm {
        case .rs256, .ps256:
            let parts = must { try rsa.publicKey.getKeyPrimitives() }
            (key["kty"], key["n"], key["e"]) = (
                "RSA", .string(Base64.encodeURL(parts.modulus)), .string(Base64.encodeURL(parts.publicExponent))
            )
        case .es256:
            let point = Array(p256.publicKey.x963Representation)
            (key["kty"], key["crv"]) = ("EC", "P-256")
            (key["x"], key["y"]) = (.string(Base64.encodeURL(point[1..<33])), .string(Base64.encodeURL(point[33...])))
        case .edDSA:
            (key["kty"], key["crv"]) = ("OKP", "Ed25519")
            key["x"] = .string(Base64.encodeURL(Array(ed25519.publicKey.rawRepresentation)))
        }
        return .object(key)
    }

    static let keySet: JSON = ["keys": .array(SigningAlgorithm.allCases.map(jwk))]
    static let keys = must { try KeySet(keySet) }

    /// What an honest provider says.
    static func claims(_ algorithm: SigningAlgorithm) -> JSONObject {
        let hash =
            switch algorithm {
            case .rs256, .ps256, .es256: Array(SHA256.hash(data: Array(accessToken.utf8)).prefix(16))
            case .edDSA: Array(SHA512.hash(data: Array(accessToken.utf8)).prefix(32))
            }
        return [
            "iss": .string(issuer), "sub": "248289761001", "aud": .string(clientID), "nonce": .string(nonce),
            "exp": .number(JSONNumber(now + 300)), "iat": .number(JSONNumber(now)), "sid": "08a5019c-17e1-4977",
            "at_hash": .string(Base64.encodeURL(hash)), "groups": ["engineering", "sales"],
        ]
    }

    static func header(_ algorithm: SigningAlgorithm) -> JSONObject {
        ["alg": .string(algorithm.rawValue), "kid": .string(keyID(algorithm)), "typ": "JWT"]
    }

    static func sign(
        _ algorithm: SigningAlgorithm, _ header: JSONObject? = nil, _ claims: JSONObject? = nil, byAnother: Bool = false
    ) -> String {
        let text =
            Base64.encodeURL(JSON.object(header ?? self.header(algorithm)).bytes()) + "."
            + Base64.encodeURL(JSON.object(claims ?? self.claims(algorithm)).bytes())
        let bytes = Array(text.utf8)
        let signature: [UInt8] = must {
            switch algorithm {
            case .rs256:
                Array(
                    try (byAnother ? otherRSA : rsa).signature(for: bytes, padding: .insecurePKCS1v1_5)
                        .rawRepresentation)
            case .ps256:
                Array(try (byAnother ? otherRSA : rsa).signature(for: bytes, padding: .PSS).rawRepresentation)
            case .es256:
                Array(try (byAnother ? P256.Signing.PrivateKey() : p256).signature(for: bytes).rawRepresentation)
            case .edDSA: Array(try (byAnother ? Curve25519.Signing.PrivateKey() : ed25519).signature(for: bytes))
            }
        }
        return text + "." + Base64.encodeURL(signature)
    }

    /// Why an ID token isn't believed; nil when it is.
    static func refusal(
        of token: String, from client: TokenClient = client, keys: KeySet = keys, nonce: String = nonce,
        accessToken: String? = accessToken, askedAt: Int64 = now - 5, now: Int64 = now
    ) -> TokenRefusal? {
        do {
            _ = try IDToken(
                token, from: client, keys: keys, nonce: nonce, accessToken: accessToken, askedAt: askedAt, now: now)
            return nil
        } catch { return error }
    }
}

/// What a test can't do without.
func must<Value>(_ body: () throws -> Value) -> Value {
    do { return try body() } catch { fatalError("\(error)") }
}
