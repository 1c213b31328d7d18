import CryptoExtras
import Foundation
import Synchronization

/// The key with which a service signs its tokens. Made at the first use, since making one takes a while.
final class SigningKey: Sendable {
    private let made = Mutex<_RSA.Signing.PrivateKey?>(nil)
    private let id: String

    init(id: String) {
        self.id = id
    }

    private var key: _RSA.Signing.PrivateKey {
        get throws {
            try made.withLock { made in
                if let made { return made }
                let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
                made = key
                return key
            }
        }
    }

    /// RS256.
    func sign(_ claims: JSON) -> String {
        let header: JSON = ["alg": "RS256", "typ": "JWT", "kid": .string(id)]
        let body = Base64URL.bare(Data(header.bytes)) + "." + Base64URL.bare(Data(claims.bytes))
        guard let signature = try? key.signature(for: Data(body.utf8), padding: .insecurePKCS1v1_5) else { return body }
        return body + "." + Base64URL.bare(signature.rawRepresentation)
    }

    /// A key set with this one key (RFC 7517).
    var set: JSON {
        guard let numbers = try? key.publicKey.getKeyPrimitives() else { return ["keys": []] }
        return [
            "keys": [
                [
                    "kty": "RSA", "use": "sig", "alg": "RS256", "kid": .string(id),
                    "n": .string(Base64URL.bare(numbers.modulus)),
                    "e": .string(Base64URL.bare(numbers.publicExponent)),
                ]
            ]
        ]
    }
}
