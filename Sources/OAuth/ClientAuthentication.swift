/// How a client says who it is at the token endpoint.
public enum ClientAuthentication: String, Sendable, CaseIterable {
    case basic = "client_secret_basic"
    case post = "client_secret_post"
    /// A signed assertion (RFC 7523).
    case privateKey = "private_key_jwt"
    /// A public client: PKCE alone.
    case none
}
