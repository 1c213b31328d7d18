public import OAuth
public import Wire

/// What a provider publishes about itself (OpenID Connect Discovery 1.0 section 3, RFC 8414).
public struct ProviderMetadata: Sendable {
    public let issuer: Issuer
    public let authorization: Endpoint
    public let token: Endpoint
    public let keys: Endpoint
    /// Where a person's browser goes to sign out there; nil when it has no such place.
    public let endSession: Endpoint?
    /// The signatures that it names, of those that we take.
    public let algorithms: Set<SigningAlgorithm>
    /// How it lets clients say who they are.
    public let authentications: Set<ClientAuthentication>
    /// Whether every answer names the provider (RFC 9207), so that one without a name isn't this one's.
    public let namesItself: Bool
    public let scopes: [String]

    /// - Throws: `MetadataFault` when it is another provider's, or lacks what signing in needs.
    public init(_ json: JSON, of issuer: Issuer) throws(MetadataFault) {
        guard let named = json["issuer"]?.stringValue else { throw .document("it names no `issuer`") }
        guard named == issuer.text else { throw .document("it is the one of another issuer") }
        self.issuer = issuer
        // Who is reached by TLS hands nobody on to an address in clear.
        let secure = issuer.origin.hasPrefix("https://")
        func endpoint(_ name: String) throws(MetadataFault) -> Endpoint {
            guard let endpoint = Endpoint(json[name]?.stringValue, secure: secure) else {
                throw .document("its `\(name)` is missing or isn't an address")
            }
            return endpoint
        }
        authorization = try endpoint("authorization_endpoint")
        token = try endpoint("token_endpoint")
        keys = try endpoint("jwks_uri")
        endSession = json["end_session_endpoint"] == nil ? nil : try endpoint("end_session_endpoint")
        func texts(_ name: String) -> [String]? { json[name]?.arrayValue?.compactMap(\.stringValue) }
        // Section 3 makes RS256 the least that every provider has.
        algorithms = Set(
            (texts("id_token_signing_alg_values_supported") ?? ["RS256"]).compactMap(SigningAlgorithm.init))
        guard !algorithms.isEmpty else { throw .document("it signs in no way that is taken here") }
        if let types = texts("response_types_supported"), !types.contains("code") {
            throw .document("it has no authorization code")
        }
        if let methods = texts("code_challenge_methods_supported"), !methods.contains("S256") {
            throw .document("it has no PKCE with S256")
        }
        authentications = Set(
            (texts("token_endpoint_auth_methods_supported") ?? ["client_secret_basic"]).compactMap(
                ClientAuthentication.init)
        ).subtracting([.privateKey])
        namesItself = json["authorization_response_iss_parameter_supported"]?.boolValue ?? false
        scopes = texts("scopes_supported") ?? []
    }

    public func client(_ id: String) -> TokenClient {
        TokenClient(issuer: issuer.text, clientID: id, algorithms: algorithms)
    }
}
