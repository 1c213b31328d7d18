public import OAuth
public import Wire

/// Where an issuer's keys lie.
extension Endpoint {
    /// Written down by whoever registered the issuer.
    ///
    /// - Throws: `MetadataFault` for what isn't an address, or lies in clear where the issuer doesn't.
    public init(keys text: String, of issuer: Issuer) throws(MetadataFault) {
        guard let endpoint = Endpoint(text, secure: issuer.origin.hasPrefix("https://")) else {
            throw .keySet("`\(text)` isn't an address that they can be had from")
        }
        self = endpoint
    }

    /// Of what the issuer publishes about itself (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2).
    public init(keysNamedBy json: JSON, of issuer: Issuer) throws(MetadataFault) {
        guard json["issuer"]?.stringValue == issuer.text else { throw .document("it is the one of another issuer") }
        guard let endpoint = Endpoint(json["jwks_uri"]?.stringValue, secure: issuer.origin.hasPrefix("https://")) else {
            throw .document("its `jwks_uri` is missing or isn't an address")
        }
        self = endpoint
    }
}

extension Issuer {
    /// The path of its metadata as RFC 8414 section 3.1 has it: before the issuer's own.
    public var metadataPath: String {
        let path = text.dropFirst(origin.count)
        return "/.well-known/oauth-authorization-server" + (path.hasSuffix("/") ? path.dropLast() : path)
    }
}
