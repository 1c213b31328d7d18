import Crypto
import CryptoExtras
import Foundation

/// The public half of the key with which an app proves itself: RSA for RS256 and PS256, P-256 for ES256.
enum VerificationKey: Sendable {
    case rsa(_RSA.Signing.PublicKey)
    case p256(P256.Signing.PublicKey)

    init(_ pem: String) throws(SetupProblem) {
        if let key = try? P256.Signing.PublicKey(pemRepresentation: pem) {
            self = .p256(key)
        } else if let key = try? _RSA.Signing.PublicKey(pemRepresentation: pem) {
            self = .rsa(key)
        } else {
            throw SetupProblem("a public key must be PEM, of RSA or P-256")
        }
    }

    func signed(_ jwt: JWT) -> Bool {
        switch self {
        case .rsa(let key): jwt.isSigned(by: key, .rs256) || jwt.isSigned(by: key, .ps256)
        case .p256(let key): jwt.isSigned(by: key)
        }
    }
}
