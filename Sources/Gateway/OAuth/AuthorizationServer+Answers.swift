import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import Wire

extension AuthorizationServer {
    /// The most bytes of a form or a registration.
    private static let mostBytes = 32 << 10

    /// The parameters of a form. They never come in the URL, where logs and histories would keep them.
    func form(of request: Request) async throws(OAuthRefusal) -> OAuthParameters {
        guard request.uri.query?.isEmpty ?? true else {
            throw OAuthRefusal(.invalidRequest, "parameters go into the body, never into the URL")
        }
        let bytes = try await body(of: request, type: "application/x-www-form-urlencoded")
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw OAuthRefusal(.invalidRequest, "the body isn't UTF-8")
        }
        return try OAuthParameters(text)
    }

    func body(of request: Request, type: String) async throws(OAuthRefusal) -> [UInt8] {
        guard MediaRange(request.headers[.contentType] ?? "").name == type else {
            throw OAuthRefusal(.invalidRequest, "the body must be \(type)")
        }
        do {
            return Array(try await request.body.collect(upTo: AuthorizationServer.mostBytes).readableBytesView)
        } catch {
            throw OAuthRefusal(.invalidRequest, "the body is too large, or ended early")
        }
    }

    /// - Parameter named: whether the client authenticated in the header, and so is told how it may (RFC 6749 section 5.2).
    func refused(_ refusal: OAuthRefusal, named: Bool = false) -> Response {
        let status: HTTPResponse.Status
        var headers: HTTPFields = [:]
        switch refusal.code {
        case .invalidClient:
            status = .unauthorized
            if named { headers[.wwwAuthenticate] = "Basic realm=\"deputy\"" }
        case .unavailable:
            status = .serviceUnavailable
            headers[.retryAfter] = "1"
        case .invalidRequest, .invalidGrant, .unauthorizedClient, .unsupportedGrantType, .unsupportedResponseType,
            .invalidScope, .invalidTarget, .accessDenied, .interactionRequired, .invalidRedirect, .invalidMetadata:
            status = .badRequest
        }
        return .json(
            [
                "error": .string(refusal.code.rawValue), "error_description": .string(refusal.description),
            ], status: status, headers: headers)
    }

    func tooMany(_ seconds: Int) -> Response {
        .json(
            ["error": "temporarily_unavailable", "error_description": "too many tries from this address"],
            status: .tooManyRequests, headers: [.retryAfter: "\(seconds)"])
    }
}
