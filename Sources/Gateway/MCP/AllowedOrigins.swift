import HTTPTypes
import Hummingbird

/// Web pages of other sites that may speak to us, by origin: scheme, host and port, in lower case. What they may read is what
/// any client may; a page has no person's session, which is for our own pages alone.
public struct AllowedOrigins: Sendable {
    private let origins: Set<String>

    public init(_ origins: Set<String>) {
        self.origins = Set(origins.map { $0.lowercased() })
    }

    func contains(_ origin: String) -> Bool { origins.contains(origin.lowercased()) }

    /// Answers a browser that asks before it sends; nil for a page that isn't allowed.
    func preflight(_ request: Request, methods: String) -> Response? {
        guard let origin = request.headers[.origin], contains(origin) else { return nil }
        return reading(
            request,
            Response(
                status: .noContent,
                headers: [
                    .accessControlAllowMethods: methods,
                    .accessControlAllowHeaders:
                        "authorization, content-type, accept, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id",
                    .accessControlMaxAge: "600",
                ]))
    }

    /// Lets a page of an allowed origin read the answer. Every other page can't, even one that we serve to.
    func reading(_ request: Request, _ response: Response) -> Response {
        guard let origin = request.headers[.origin], contains(origin) else { return response }
        var response = response
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = "WWW-Authenticate, Retry-After, Mcp-Session-Id"
        response.headers[.vary] = "Origin"
        return response
    }
}

extension Router<GatewayContext> {
    /// Answers browsers that ask before they send to a path; to others it takes no such method.
    func answerPreflights(at path: String, methods: String, of origins: AllowedOrigins) {
        on("\(path)", method: .options) { request, _ in
            origins.preflight(request, methods: methods)
                ?? Response(status: .methodNotAllowed, headers: [.allow: methods])
        }
    }
}
