import Crypto
import CryptoExtras
import Foundation
import NIOSSL

/// An app's certificate: its key, and the thumbprints by which an assertion names it.
struct Certificate: Sendable {
    let key: _RSA.Signing.PublicKey
    /// `x5t`, base64url.
    let sha1: String
    /// `x5t#S256`, base64url.
    let sha256: String

    init(_ pem: String) throws(SetupProblem) {
        do {
            let certificate = try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)
            let der = Data(try certificate.toDERBytes())
            key = try _RSA.Signing.PublicKey(
                derRepresentation: Data(try certificate.extractPublicKey().toSPKIBytes()))
            sha1 = Base64URL.bare(Data(Insecure.SHA1.hash(data: der)))
            sha256 = Base64URL.bare(Data(SHA256.hash(data: der)))
        } catch {
            throw SetupProblem("a certificate must be PEM and hold an RSA key")
        }
    }
}
