import Wire

/// What clients say of themselves, in a registration (RFC 7591 section 2) or in a metadata document. What we have no use for
/// is left unread.
struct ClientMetadata {
    let name: String?
    let redirects: [RedirectURI]
    let authentication: ClientAuthentication

    init(_ object: JSONObject) throws(OAuthRefusal) {
        guard let uris = object["redirect_uris"]?.arrayValue, !uris.isEmpty else {
            throw OAuthRefusal(.invalidRedirect, "`redirect_uris` is missing")
        }
        guard uris.count <= ClientMetadata.mostRedirects else {
            throw OAuthRefusal(.invalidRedirect, "`redirect_uris` has more than \(ClientMetadata.mostRedirects) places")
        }
        redirects = try ClientMetadata.redirects(uris)
        name = try ClientMetadata.name(object["client_name"])
        let method = object["token_endpoint_auth_method"]?.stringValue ?? ClientAuthentication.none.rawValue
        guard let known = ClientAuthentication(rawValue: method) else {
            throw OAuthRefusal(
                .invalidMetadata,
                "`token_endpoint_auth_method` must be one of "
                    + ClientAuthentication.allCases.map(\.rawValue).joined(separator: ", "))
        }
        authentication = known
        try ClientMetadata.check(object["grant_types"], "grant_types", holds: "authorization_code")
        try ClientMetadata.check(object["response_types"], "response_types", holds: "code")
    }

    static let mostRedirects = 20

    static func redirects(_ texts: [JSON]) throws(OAuthRefusal) -> [RedirectURI] {
        var redirects: [RedirectURI] = []
        for text in texts {
            guard let redirect = text.stringValue.flatMap({ RedirectURI($0) }) else {
                throw OAuthRefusal(
                    .invalidRedirect,
                    "each redirect URI must be https, or http on 127.0.0.1, [::1] or localhost, without a fragment")
            }
            redirects.append(redirect)
        }
        return redirects
    }

    private static func name(_ value: JSON?) throws(OAuthRefusal) -> String? {
        guard let value, !value.isNull else { return nil }
        guard let name = value.stringValue, name.utf8.count <= 200 else {
            throw OAuthRefusal(.invalidMetadata, "`client_name` must be a text of at most 200 bytes")
        }
        return name.isEmpty ? nil : name
    }

    private static func check(_ value: JSON?, _ key: String, holds word: String) throws(OAuthRefusal) {
        guard let value, !value.isNull else { return }
        guard value.arrayValue?.contains(.string(word)) == true else {
            throw OAuthRefusal(.invalidMetadata, "`\(key)` must list \(word)")
        }
    }
}
