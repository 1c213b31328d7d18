public import Authority
public import Broker
public import Gate
public import OAuth

/// Errands of which a test answers those that it names. Any other fails, and nothing was sent.
public protocol UnaskedErrands: Errands {}

extension UnaskedErrands {
    public func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer { throw .notSent("not asked for") }

    public func discover(_ step: Step, for use: ConnectionUse?) async throws(UpstreamFailure) -> UpstreamAnswer {
        throw .notSent("not asked for")
    }

    public func forget(_ connection: ConnectionID) {}
}

/// The same of what is asked at token endpoints.
public protocol UnaskedTokenErrands: TokenErrands {}

extension UnaskedTokenErrands {
    public func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer { throw .notSent("not asked for") }

    public func authorizeDevice(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> DeviceAuthorization { throw .notSent("not asked for") }

    public func revoke(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> RevocationOutcome { throw .notSent("not asked for") }

    public func isActive(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Bool { throw .notSent("not asked for") }
}

/// Nobody is asked anything.
public struct NoErrands: UnaskedErrands, UnaskedTokenErrands {
    public init() {}
}
