/// Why the authorization server refuses, as its protocols name it. The description is ours and safe to show.
public struct OAuthRefusal: Error, Sendable, Hashable {
    /// RFC 6749 sections 4.1.2.1 and 5.2, RFC 8707 section 2, RFC 7591 section 3.2.2, OpenID Connect Core section 3.1.2.6.
    public enum Code: String, Sendable, CaseIterable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
        case invalidScope = "invalid_scope"
        case invalidTarget = "invalid_target"
        case accessDenied = "access_denied"
        case interactionRequired = "interaction_required"
        case invalidRedirect = "invalid_redirect_uri"
        case invalidMetadata = "invalid_client_metadata"
        case unavailable = "temporarily_unavailable"
    }

    public let code: Code
    /// In the characters that RFC 6749 takes: printable ASCII without `"` and `\`.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = String(
            description.unicodeScalars.map { scalar in
                (0x20...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "\\" ? Character(scalar) : "'"
            })
    }
}
