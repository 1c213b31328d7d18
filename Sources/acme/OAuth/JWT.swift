import Crypto
import CryptoExtras
import Foundation

/// A signed token in the compact form (RFC 7515, RFC 7519), read but not yet believed.
struct JWT: Sendable {
    enum Algorithm: String, Sendable {
        case rs256 = "RS256"
        case ps256 = "PS256"
    }

    let header: JSON
    let claims: JSON
    private let signed: Data
    private let signature: Data

    /// Nil for what is no JWT.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        signed = Data("\(parts[0]).\(parts[1])".utf8)
    }

    private static func object(_ part: String) -> JSON? {
        guard let data = Base64URL.decode(part),
            let json = try? JSONReader.read(String(decoding: data, as: UTF8.self)), json.members != nil
        else { return nil }
        return json
    }

    func isSigned(by key: _RSA.Signing.PublicKey, _ algorithm: Algorithm) -> Bool {
        guard header["alg"]?.text == algorithm.rawValue else { return false }
        let padding: _RSA.Signing.Padding =
            switch algorithm {
            case .rs256: .insecurePKCS1v1_5
            case .ps256: .PSS
            }
        return key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature), for: signed, padding: padding)
    }

    /// ES256.
    func isSigned(by key: P256.Signing.PublicKey) -> Bool {
        guard header["alg"]?.text == "ES256", let made = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
        else { return false }
        return key.isValidSignature(made, for: signed)
    }

    /// `aud` as one string; nil when it is none or a list.
    var audience: String? {
        claims["aud"]?.text
    }

    /// A time in seconds, whole or not: msal sends fractions.
    func date(_ claim: String) -> Date? {
        guard case .number(let text)? = claims[claim] else { return nil }
        return TimeInterval(text).map { Date(timeIntervalSince1970: $0) }
    }
}
