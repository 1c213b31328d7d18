import OAuth

/// Why an answer that a browser brought isn't taken.
public enum ResponseRefusal: String, Error, Sendable, Hashable, CaseIterable {
    /// It doesn't belong to what this browser began.
    case state
    /// It comes from another provider than the one that was asked, or from nobody knows whom.
    case mixUp = "mix-up"
    /// The provider refuses, or the person did there.
    case declined
    case malformed
}

/// A provider's answer, as a browser brought it (RFC 6749 section 4.1.2, RFC 9207).
public struct AuthorizationResponse: Sendable {
    public let code: String

    /// - Parameter query: every parameter of the answer, each once.
    public init(
        _ query: [String: String], to request: AuthorizationRequest, from provider: ProviderMetadata
    ) throws(ResponseRefusal) {
        guard let state = query["state"], Claims.isEqual(state, request.state) else { throw .state }
        if let issuer = query["iss"] {
            guard issuer == provider.issuer.text else { throw .mixUp }
        } else if provider.namesItself {
            throw .mixUp
        }
        guard query["error"] == nil else { throw .declined }
        guard let code = query["code"], (1...4_096).contains(code.utf8.count) else { throw .malformed }
        self.code = code
    }
}
