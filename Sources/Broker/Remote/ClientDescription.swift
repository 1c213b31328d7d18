public import Authority
import OAuth
public import Wire

/// What this home says of itself as a client of one remote server: its metadata document and its registration (RFC 7591).
/// Each server knows another client with a redirect URI of its own, so that none shares what another was given.
public enum ClientDescription {
    /// Where the document of one server lies, behind the public address.
    public static func path(_ provider: ProviderID) -> String { "/oauth/clients/\(provider).json" }

    /// - Parameter publicURL: without a slash at its end.
    public static func redirectURI(_ provider: ProviderID, _ publicURL: String) -> String {
        "\(publicURL)/connect/callback/\(PercentEncoding.encode(provider.raw))"
    }

    /// The document, which lies at the address that is the client's id.
    public static func document(_ provider: ProviderID, _ publicURL: String) -> JSON {
        var object = common(provider, publicURL, .none)
        object["client_id"] = .string(publicURL + path(provider))
        return .object(object)
    }

    static func registration(
        _ provider: ProviderID, _ publicURL: String, _ authentication: ClientAuthentication, _ scopes: Set<String>
    ) -> JSON {
        var object = common(provider, publicURL, authentication)
        if !scopes.isEmpty { object["scope"] = .string(scopes.sorted().joined(separator: " ")) }
        return .object(object)
    }

    private static func common(
        _ provider: ProviderID, _ publicURL: String, _ authentication: ClientAuthentication
    ) -> JSONObject {
        [
            "client_name": "Deputy", "client_uri": .string(publicURL), "application_type": "web",
            "redirect_uris": [.string(redirectURI(provider, publicURL))],
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "token_endpoint_auth_method": .string(authentication.rawValue),
        ]
    }
}
