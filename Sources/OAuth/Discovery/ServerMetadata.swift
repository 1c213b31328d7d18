public import Wire

/// What an authorization server publishes about itself (RFC 8414; OpenID Connect Discovery 1.0), as far as a client of a
/// protected resource needs it.
public struct ServerMetadata: Sendable, Hashable {
    public let issuer: Issuer
    public let authorization: Endpoint
    public let token: Endpoint
    public let revocation: Endpoint?
    public let introspection: Endpoint?
    public let userinfo: Endpoint?
    /// RFC 7591.
    public let registration: Endpoint?
    /// How it lets clients say who they are, of the ways that are taken here.
    public let authentications: Set<ClientAuthentication>
    /// Whether every answer names the server (RFC 9207).
    public let namesItself: Bool
    /// Whether a client may be a document at an address (draft-ietf-oauth-client-id-metadata-document).
    public let takesClientDocuments: Bool
    public let scopes: Set<String>

    /// Where a server of this name describes itself, in the order of MCP: RFC 8414 with the path inserted, OpenID Connect with
    /// the path inserted, OpenID Connect with the path before.
    public static func places(of issuer: Issuer) -> [String] {
        let rest = issuer.text.dropFirst(issuer.origin.count)
        let path = rest.hasSuffix("/") ? String(rest.dropLast()) : String(rest)
        let (oauth, openID) = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")
        return path.isEmpty ? [oauth, openID] : [oauth + path, openID + path, path + openID]
    }

    /// - Throws: when it is another server's, lacks what is needed, or has no PKCE with S256.
    public init(_ json: JSON, of issuer: Issuer) throws(MetadataFault) {
        guard let named = json["issuer"]?.stringValue else { throw .document("it names no `issuer`") }
        guard named == issuer.text else { throw .document("it is the one of another issuer") }
        self.issuer = issuer
        // Who is reached by TLS hands nobody on to an address in clear.
        let secure = issuer.origin.hasPrefix("https://")
        func optional(_ name: String) throws(MetadataFault) -> Endpoint? {
            guard let value = json[name], value != .null else { return nil }
            guard let endpoint = Endpoint(value.stringValue, secure: secure) else {
                throw .document("its `\(name)` isn't an address")
            }
            return endpoint
        }
        func required(_ name: String) throws(MetadataFault) -> Endpoint {
            guard let endpoint = try optional(name) else { throw .document("its `\(name)` is missing") }
            return endpoint
        }
        func texts(_ name: String) -> [String]? { json[name]?.arrayValue?.compactMap(\.stringValue) }
        authorization = try required("authorization_endpoint")
        token = try required("token_endpoint")
        revocation = try optional("revocation_endpoint")
        introspection = try optional("introspection_endpoint")
        userinfo = try optional("userinfo_endpoint")
        registration = try optional("registration_endpoint")
        guard texts("code_challenge_methods_supported")?.contains("S256") == true else {
            throw .document("it has no PKCE with S256")
        }
        guard texts("response_types_supported")?.contains("code") ?? true else {
            throw .document("it has no authorization code")
        }
        // RFC 8414 section 2: what it doesn't say is Basic.
        let methods = (texts("token_endpoint_auth_methods_supported") ?? ["client_secret_basic"]).compactMap(
            ClientAuthentication.init)
        authentications = Set(methods).subtracting([.privateKey])
        namesItself = json["authorization_response_iss_parameter_supported"]?.boolValue ?? false
        takesClientDocuments = json["client_id_metadata_document_supported"]?.boolValue ?? false
        scopes = try Scopes.listed(json["scopes_supported"])
    }

    /// What is kept of it. It reads as the document does.
    public var json: JSON {
        func list(_ words: [String]) -> JSON { .array(words.sorted().map { .string($0) }) }
        var object: JSONObject = [
            "issuer": .string(issuer.text), "authorization_endpoint": .string(authorization.url),
            "token_endpoint": .string(token.url), "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": list(authentications.map(\.rawValue)),
            "authorization_response_iss_parameter_supported": .bool(namesItself),
            "client_id_metadata_document_supported": .bool(takesClientDocuments),
            "scopes_supported": list(Array(scopes)),
        ]
        for (name, endpoint) in [
            ("revocation_endpoint", revocation), ("introspection_endpoint", introspection),
            ("userinfo_endpoint", userinfo), ("registration_endpoint", registration),
        ] {
            if let endpoint { object[name] = .string(endpoint.url) }
        }
        return .object(object)
    }
}
