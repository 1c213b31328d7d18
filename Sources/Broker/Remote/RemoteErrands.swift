import Gate
public import OAuth
public import Wire

/// What is asked of a remote server's authorization server beside tokens. It follows no redirect.
public protocol RemoteErrands: Sendable {
    /// Registers a client (RFC 7591 section 3).
    ///
    /// - Returns: the answer, whose secret nobody else has.
    func register(_ client: JSON, at endpoint: Endpoint) async throws(TokenProblem) -> JSON

    /// What the server says of a token (RFC 7662).
    func introspect(
        _ token: TokenText, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Introspection
}
