import AsyncHTTPClient
import Gate
import NIOCore
import NIOPosix

/// Tells what certainly never left this machine from everything else.
enum Failures {
    struct TooLarge: Error {}
    struct TooSlow: Error {}

    static let closed = "the provider closed the connection before it answered"

    /// Anything that isn't certain is unknown.
    static func failure(_ error: any Error, redacting forms: SecretForms) -> UpstreamFailure {
        switch error {
        case let error as UpstreamFailure: return error
        case is TooLarge: return .unknown("the provider's answer is too large")
        case is TooSlow: return .unknown("the provider took too long")
        case is NIOConnectionError: return .notSent("the provider can't be reached")
        case let error as HTTPClientError: return failure(error)
        case is CancellationError: return .unknown("the call was cancelled while it ran")
        case let error as IOError where error.errnoCode == 111: return .notSent("the provider refused the connection")
        default:
            return .unknown(Redactor.redact("the connection failed: \(type(of: error))", forms.patterns))
        }
    }

    private static func failure(_ error: HTTPClientError) -> UpstreamFailure {
        switch error {
        case .connectTimeout: .notSent("the provider can't be reached in time")
        case .tlsHandshakeTimeout: .notSent("the provider didn't complete TLS")
        case .getConnectionFromPoolTimeout: .notSent("too many requests to this provider are under way")
        case .invalidURL, .emptyHost, .emptyScheme: .notSent("the request can't be written")
        case .remoteConnectionClosed: .unknown(closed)
        default: .unknown("the provider's answer got lost: \(error.shortDescription)")
        }
    }
}
