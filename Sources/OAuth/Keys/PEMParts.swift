import SwiftASN1

/// What stands in a PEM file (RFC 7468): one private key at most, and certificates.
struct PEMParts {
    /// PKCS#8, PKCS#1 or SEC 1, in DER.
    private(set) var key: [UInt8]?
    /// In DER and in the order of the file. The first is the one that the key belongs to.
    private(set) var certificates: [[UInt8]] = []

    private static let longest = 64 << 10

    init(_ text: String, place: String) throws(KeyFault) {
        guard text.utf8.count <= PEMParts.longest else { throw KeyFault(place, "it is too large for a key file") }
        guard !text.contains("ENCRYPTED") else {
            throw KeyFault(
                place, "its private key is encrypted with a passphrase",
                hint: "decrypt it with `openssl pkey -in FILE -out FILE`: it is sealed here")
        }
        let documents: [PEMDocument]
        do {
            documents = try PEMDocument.parseMultiple(pemString: text)
        } catch {
            throw KeyFault(place, "its PEM can't be read", hint: "a file cut off, or edited?")
        }
        for document in documents {
            switch document.discriminator {
            case "CERTIFICATE": certificates.append(document.derBytes)
            case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY":
                guard key == nil else { throw KeyFault(place, "it has more than one private key") }
                key = document.derBytes
            case "EC PARAMETERS": break
            case let other:
                throw KeyFault(place, "it has a `\(other)`, which is neither a private key nor a certificate")
            }
        }
    }
}
