import Crypto
import CryptoExtras
import Foundation

/// A key of a service account, as the domain knows it: the public half, under a certificate where somebody uploaded one.
struct GoogleKey: Sendable {
    let id: String
    let key: _RSA.Signing.PublicKey
    /// Of the certificate that was uploaded; nil for a key that the console made.
    let certificate: String?
    let ends: Date

    /// One that the console makes, which ends with the year 9999.
    init(_ key: _RSA.Signing.PublicKey, id: String) {
        self.id = id
        self.key = key
        certificate = nil
        ends = Date(timeIntervalSince1970: 253_402_300_799)
    }

    init(uploaded pem: String) throws(SetupProblem) {
        let read = try Certificate(pem)
        id = GoogleKey.id(of: read.key)
        key = read.key
        certificate = pem
        ends = read.ends
    }

    static func id(of key: _RSA.Signing.PublicKey) -> String {
        SHA256.hash(data: key.derRepresentation).prefix(20).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    /// - Parameter isWhole: whether its public half is asked for.
    func json(of email: String, isWhole: Bool = false) -> JSON {
        let shown: JSON = [
            "name": .string("projects/acme/serviceAccounts/\(email)/keys/\(id)"), "keyType": "USER_MANAGED",
            "keyAlgorithm": "KEY_ALG_RSA_2048",
            "keyOrigin": certificate == nil ? "GOOGLE_PROVIDED" : "USER_PROVIDED",
            "validBeforeTime": .string(ends.formatted(.iso8601)),
        ]
        guard isWhole, let certificate else { return shown }
        return shown.with("publicKeyData", .string(Data(certificate.utf8).base64EncodedString()))
    }
}
