import Broker
import Vault
import Wire

/// The forms in which a secret may come back: as it is, in base64 wherever it starts, in hexadecimal, in a URL, in JSON.
struct SecretForms: Sendable {
    let patterns: [[UInt8]]

    /// A secret shorter than this is blotted out only as it is: its encodings would be everyday bytes.
    static let shortest = 8

    init(_ credential: borrowing Credential) {
        let placement = credential.placement
        patterns = credential.secret.withBytes { bytes in
            let secret = [UInt8](bytes)
            var forms = SecretForms.forms(of: secret)
            if placement == .basic, let colon = secret.firstIndex(of: UInt8(ascii: ":")) {
                forms += SecretForms.forms(of: Array(secret[(colon + 1)...]))
            }
            return forms
        }
    }

    init(_ secret: [UInt8]) {
        patterns = SecretForms.forms(of: secret)
    }

    private static func forms(of secret: [UInt8]) -> [[UInt8]] {
        guard secret.count >= 4 else { return [] }
        var forms: Set<[UInt8]> = [secret]
        if secret.count >= shortest {
            for offset in 0..<3 { forms.formUnion(base64(secret, startingAt: offset)) }
            let hex = Hex.encode(secret)
            forms.formUnion([Array(hex.utf8), Array(hex.uppercased().utf8)])
            let encoded = PercentEncoding.encode(secret)
            forms.insert(Array(encoded.utf8))
            forms.insert(Array(encoded.lowercased().utf8))
            let json = JSON.string(String(decoding: secret, as: UTF8.self)).bytes()
            forms.insert(Array(json.dropFirst().dropLast()))
        }
        // Longest first, so that no form hides part of a longer one.
        return forms.sorted { $0.count > $1.count }
    }

    /// The characters of base64 that depend on the secret alone, when `offset` bytes stand before it in its group.
    private static func base64(_ secret: [UInt8], startingAt offset: Int) -> [[UInt8]] {
        let padded = [UInt8](repeating: 0, count: offset) + secret
        let first = offset == 0 ? 0 : offset == 1 ? 2 : 3
        let last = padded.count * 8 / 6
        let standard = Array(Base64.encode(padded).utf8)[first..<last]
        let url = Array(Base64.encodeURL(padded).utf8)[first..<last]
        return [Array(standard), Array(url)]
    }
}
