public import Wire

/// What a client proves later that it made itself: PKCE with S256 (RFC 7636). There is no other method.
public struct CodeChallenge: Hashable, Sendable {
    /// SHA-256 of the verifier.
    public let digest: Digest

    public init(digest: Digest) {
        self.digest = digest
    }

    init(_ parameters: OAuthParameters) throws(OAuthRefusal) {
        guard let text = parameters["code_challenge"] else {
            throw OAuthRefusal(.invalidRequest, "`code_challenge` is missing: PKCE is required")
        }
        guard parameters["code_challenge_method"] == "S256" else {
            throw OAuthRefusal(.invalidRequest, "`code_challenge_method` must be S256")
        }
        guard let bytes = Base64.decodeURL(text), let digest = Digest(bytes: bytes) else {
            throw OAuthRefusal(.invalidRequest, "`code_challenge` isn't a SHA-256 value in base64url")
        }
        self.digest = digest
    }

    /// Takes as long whatever differs.
    func isMet(by verifier: String) -> Bool {
        let isWellFormed =
            (43...128).contains(verifier.utf8.count)
            && PercentEncoding.encode(verifier).utf8.count == verifier.utf8.count
        return Digest.constantTimeEqual(.sha256(of: Array(verifier.utf8)), digest) && isWellFormed
    }
}
