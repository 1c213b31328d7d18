/// What is asked for, in the parameter and with the separator of a server.
extension TokenDialect {
    func scopes(_ scopes: [String]) -> [(name: String, value: String)] {
        scopes.isEmpty ? [] : [(scopeParameter, scopes.joined(separator: separator))]
    }
}

extension TokenRequest {
    /// RFC 6749 section 4.4: a token for ourselves. It brings no refresh token; a new one is asked for instead.
    ///
    /// - Parameters:
    ///   - scopes: for Entra, the one scope `RESOURCE/.default`.
    ///   - parameters: of the provider's manifest, such as `resource` or `audience`.
    public static func clientCredentials(
        _ scopes: [String], parameters: [String: String] = [:], dialect: TokenDialect
    ) -> TokenRequest {
        TokenRequest(
            grant: "client_credentials",
            dialect.scopes(scopes) + parameters.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
    }
}
