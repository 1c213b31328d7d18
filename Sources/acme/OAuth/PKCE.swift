import Crypto
import Foundation

/// Proof key for code exchange, S256 alone (RFC 7636).
enum PKCE {
    /// 43 to 128 unreserved characters (§4.1).
    static func isVerifier(_ text: String) -> Bool {
        (43...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "~"):
                    true
                default: false
                }
            }
    }

    static func challenge(for verifier: String) -> String {
        Base64URL.bare(Data(SHA256.hash(data: Data(verifier.utf8))))
    }
}
