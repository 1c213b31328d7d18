import Wire

/// What only whoever began an authorization can show (RFC 7636 section 4.1).
public struct CodeVerifier: Sendable, Hashable {
    /// 43 to 128 unreserved characters.
    public let text: String

    /// For one that was kept.
    public init(_ text: String) {
        self.text = text
    }

    /// 256 random bits.
    public static func fresh() -> CodeVerifier { CodeVerifier(Base64.encodeURL(randomBytes(32))) }

    /// RFC 7636 section 4.2, with S256; `plain` isn't spoken here.
    public var challenge: String { Base64.encodeURL(Digest.sha256(of: Array(text.utf8)).bytes) }
}

extension CodeVerifier: CustomStringConvertible, CustomReflectable {
    public var description: String { "‹verifier›" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
