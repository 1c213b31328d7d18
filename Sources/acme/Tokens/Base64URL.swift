import Foundation

/// Base64 with `-` and `_` (RFC 4648 §5).
enum Base64URL {
    static func encode(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    }

    /// Without padding, as JOSE writes it.
    static func bare(_ data: Data) -> String {
        encode(data).replacing("=", with: "")
    }

    /// Padded or not.
    static func decode(_ text: String) -> Data? {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/").replacing("=", with: "")
        return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }
}
