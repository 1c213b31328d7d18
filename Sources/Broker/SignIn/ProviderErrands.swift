public import Gate
public import OAuth
import OpenID

/// What is sent to a provider of sign-ins, one method for each kind. Nothing follows a redirect, waits long or takes much.
public protocol ProviderErrands: Sendable {
    /// Fetches a document that everybody may see.
    func document(at origin: String, _ target: String) async throws(UpstreamFailure) -> UpstreamAnswer

    /// Gives a code for tokens, and says who we are as the provider wants it said.
    func redeem(
        _ grant: CodeGrant, at endpoint: Endpoint, as provider: SignInProvider
    ) async throws(UpstreamFailure) -> UpstreamAnswer
}

/// A code, and what shows that it was asked for from here.
public struct CodeGrant: Sendable, Hashable {
    public let code: String
    public let verifier: String
    public let redirectURI: String

    public init(code: String, verifier: String, redirectURI: String) {
        self.code = code
        self.verifier = verifier
        self.redirectURI = redirectURI
    }

    /// The fields of RFC 6749 section 4.1.3 and RFC 7636 section 4.5, without the client's.
    public var fields: [(name: String, value: String)] {
        [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI),
            ("code_verifier", verifier),
        ]
    }
}
