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
    /// What the directory calls it, always the same for the same certificate.
    let id: String
    let ends: Date

    init(_ pem: String) throws(SetupProblem) {
        try self.init(Array(pem.utf8), .pem)
    }

    init(der: Data) throws(SetupProblem) {
        try self.init(Array(der), .der)
    }

    private init(_ bytes: [UInt8], _ format: NIOSSLSerializationFormats) throws(SetupProblem) {
        do {
            let certificate = try NIOSSLCertificate(bytes: bytes, format: format)
            let der = Data(try certificate.toDERBytes())
            key = try _RSA.Signing.PublicKey(
                derRepresentation: Data(try certificate.extractPublicKey().toSPKIBytes()))
            sha1 = Base64URL.bare(Data(Insecure.SHA1.hash(data: der)))
            let digest = Data(SHA256.hash(data: der))
            sha256 = Base64URL.bare(digest)
            let hex = digest.prefix(16).map { String(format: "%02x", $0) }.joined()
            var rest = hex[...]
            id = [8, 4, 4, 4, 12].map { count in
                defer { rest = rest.dropFirst(count) }
                return String(rest.prefix(count))
            }.joined(separator: "-")
            ends = Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter))
        } catch {
            throw SetupProblem("a certificate must be PEM and hold an RSA key")
        }
    }
}
