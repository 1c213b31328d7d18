import Crypto
import CryptoExtras
public import OAuth
public import Wire

/// A provider's public keys (RFC 7517). What can't verify an ID token isn't in it: another use, another kind, a key that is
/// too short.
public struct KeySet: Sendable {
    let keys: [PublicKey]

    private static let most = 100

    /// - Throws: `MetadataFault` when it isn't a set of keys at all.
    public init(_ json: JSON) throws(MetadataFault) {
        guard let list = json["keys"]?.arrayValue else { throw .keySet("it has no list of `keys`") }
        guard list.count <= KeySet.most else { throw .keySet("it has more than \(KeySet.most) keys") }
        keys = list.compactMap(PublicKey.init)
    }

    /// How many of the keys can be used.
    public var count: Int { keys.count }

    /// The key that signed a token. Without an id in the token there must be one only that could have.
    func key(for token: SignedToken) throws(TokenRefusal) -> PublicKey {
        let fitting = keys.filter { $0.fits(token.algorithm) && (token.keyID == nil || $0.id == token.keyID) }
        guard fitting.count == 1 else { throw .unknownKey }
        return fitting[0]
    }
}

/// One key, with what it may be used for.
struct PublicKey: Sendable {
    private enum Kind {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    let id: String?
    /// The one algorithm that it is for; nil when any of its kind.
    private let only: String?
    private let kind: Kind

    /// The longest modulus, in bytes: a longer one costs whoever verifies more than it protects.
    private static let longestModulus = 1024

    init?(_ json: JSON) {
        if let use = json["use"], use.stringValue != "sig" { return nil }
        if let operations = json["key_ops"],
            operations.arrayValue?.contains(where: { $0.stringValue == "verify" }) != true
        {
            return nil
        }
        func bytes(_ name: String) -> [UInt8]? { json[name]?.stringValue.flatMap(Base64.decodeURL) }
        switch (json["kty"]?.stringValue, json["crv"]?.stringValue) {
        case ("RSA", _):
            // swift-crypto refuses less than 2048 bits. The exponent is odd and fits 32 bits, as every real one.
            guard let n = bytes("n"), let e = bytes("e"), n.count <= PublicKey.longestModulus,
                (1...4).contains(e.count),
                e.last.map({ !$0.isMultiple(of: 2) }) == true, e != [1],
                let key = try? _RSA.Signing.PublicKey(n: n, e: e)
            else { return nil }
            kind = .rsa(key)
        case ("EC", "P-256"):
            guard let x = bytes("x"), let y = bytes("y"), x.count == 32, y.count == 32,
                let key = try? P256.Signing.PublicKey(x963Representation: [4] + x + y)
            else { return nil }
            kind = .p256(key)
        case ("OKP", "Ed25519"):
            guard let x = bytes("x"), let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x) else {
                return nil
            }
            kind = .ed25519(key)
        case (_, _): return nil
        }
        id = json["kid"]?.stringValue
        only = json["alg"]?.stringValue
    }

    func fits(_ algorithm: SigningAlgorithm) -> Bool {
        if let only, only != algorithm.rawValue { return false }
        return switch (kind, algorithm) {
        case (.rsa, .rs256), (.rsa, .ps256), (.p256, .es256), (.ed25519, .edDSA): true
        case (.rsa, .es256), (.rsa, .edDSA), (.p256, .rs256), (.p256, .ps256), (.p256, .edDSA), (.ed25519, .rs256),
            (.ed25519, .ps256), (.ed25519, .es256):
            false
        }
    }

    func verifies(_ token: SignedToken) -> Bool {
        switch kind {
        case .rsa(let key):
            let padding: _RSA.Signing.Padding =
                switch token.algorithm {
                case .rs256: .insecurePKCS1v1_5
                case .ps256, .es256, .edDSA: .PSS
                }
            return fits(token.algorithm)
                && key.isValidSignature(
                    _RSA.Signing.RSASignature(rawRepresentation: token.signature), for: token.signed, padding: padding)
        case .p256(let key):
            guard fits(token.algorithm),
                let signature = try? P256.Signing.ECDSASignature(rawRepresentation: token.signature)
            else { return false }
            return key.isValidSignature(signature, for: token.signed)
        case .ed25519(let key):
            return fits(token.algorithm) && key.isValidSignature(token.signature, for: token.signed)
        }
    }
}
