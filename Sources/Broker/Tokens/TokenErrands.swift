import Gate
public import OAuth

/// What is asked of a provider's token endpoint, as one of our apps there. It follows no redirect and waits
/// less long than a lease lasts.
public protocol TokenErrands: Sendable {
    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer

    /// Asks a device authorization endpoint (RFC 8628 section 3.1).
    func authorizeDevice(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> DeviceAuthorization

    /// Tells a revocation endpoint (RFC 7009), which answers without tokens.
    func revoke(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> RevocationOutcome

    /// Whether a token is active (RFC 7662 section 2.2).
    func isActive(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Bool
}

/// Why a token endpoint gave nothing.
public enum TokenProblem: Error, Sendable, Hashable {
    /// It answered so.
    case answered(TokenFailure)
    /// No byte of the request left this machine.
    case notSent(String)
    /// It may have been answered, and nobody saw it.
    case lost(String)
}
