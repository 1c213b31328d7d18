import Registry
import Wire

/// What clients find out of the authorization server by themselves (RFC 8414; OpenID Connect Discovery 1.0).
///
/// The issuer is the public URL, which has no path: so both documents lie at the root, where every rule of path insertion
/// and of appending ends up.
enum AuthorizationMetadata {
    static let paths = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]

    static let authorize = "/oauth/authorize"
    static let token = "/oauth/token"
    /// Where clients refresh that don't keep metadata from one run to the next (MCP 2025-03-26, "Fallbacks for Servers
    /// without Metadata Discovery"); the official Python client among them.
    static let tokenUnfound = "/token"
    static let revoke = "/oauth/revoke"
    static let introspect = "/oauth/introspect"
    static let register = "/oauth/register"
    static let keys = "/oauth/jwks"

    static func document(_ settings: OAuthSettings) -> JSON {
        let issuer = settings.issuer()
        let methods: JSON = .array(ClientAuthentication.allCases.map { .string($0.rawValue) })
        var object: JSONObject = [
            "issuer": .string(issuer),
            "authorization_endpoint": .string(issuer + authorize),
            "token_endpoint": .string(issuer + token),
            "revocation_endpoint": .string(issuer + revoke),
            "introspection_endpoint": .string(issuer + introspect),
            "jwks_uri": .string(issuer + keys),
            "scopes_supported": .array((OAuthScope.known + [OAuthScope.openID]).map { .string($0) }),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": .array(OAuthDesk.grantTypes.map { .string($0) }),
            "authorization_grant_profiles_supported": [.string(ExchangeGrantType.profile)],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_methods_supported": methods,
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "authorization_response_iss_parameter_supported": true,
            "client_id_metadata_document_supported": true,
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce"],
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
        ]
        if settings.allowsRegistration { object["registration_endpoint"] = .string(issuer + register) }
        return .object(object)
    }
}
