import Wire

/// A token as its owner holds it: 256 random bits behind a prefix that says what it is for.
public struct TokenSecret: Sendable {
    /// For `/mcp` and nothing else.
    static let tokenPrefix = "dpy_mcp_"
    /// For `/v1` and nothing else.
    static let apiPrefix = "dpy_api_"
    /// To take up a token, once.
    static let codePrefix = "dpy_code_"
    /// The authorization server's: for `/mcp` or `/v1` like the first two, but for one endpoint of it and one client.
    static let accessPrefix = "dpy_at_"
    static let refreshPrefix = "dpy_rt_"
    static let authorizationPrefix = "dpy_ac_"
    static let clientPrefix = "dpy_cs_"

    public let text: String

    static func token(for surface: TokenSurface = .mcp) -> TokenSecret {
        switch surface {
        case .mcp: TokenSecret(text: tokenPrefix + random())
        case .api: TokenSecret(text: apiPrefix + random())
        }
    }
    static func code() -> TokenSecret { TokenSecret(text: codePrefix + random()) }
    static func made(_ prefix: String) -> TokenSecret { TokenSecret(text: prefix + random()) }

    var hash: Digest { TokenSecret.hash(of: text) }

    static func hash(of text: String) -> Digest { .sha256(of: Array(text.utf8)) }

    private static func random() -> String { Base64.encodeURL(randomBytes(32)) }
}
