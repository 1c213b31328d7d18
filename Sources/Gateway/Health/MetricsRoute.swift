import HTTPTypes
public import Hummingbird
import NIOCore
public import Telemetry
import Wire

/// `/metrics`, for Prometheus. It says how much an organization does, so it isn't a route of the public face: it is added
/// to the home's socket, and to a listener of its own where one is asked for.
public struct MetricsRoute: Sendable {
    private let registry: MetricRegistry
    /// The SHA-256 of the token that a scrape must bear; nil when whoever reaches the listener may read.
    private let token: Digest?

    public init(_ registry: MetricRegistry, token: String? = nil) {
        self.registry = registry
        self.token = token.map { Digest.sha256(of: Array($0.utf8)) }
    }

    public func addRoutes<Context: RequestContext>(to router: Router<Context>) {
        router.get("/metrics") { request, _ in
            guard mayRead(request) else {
                return Response(status: .unauthorized, headers: [.wwwAuthenticate: "Bearer"])
            }
            let text = Exposition.text(await registry.families())
            return Response(
                status: .ok, headers: [.contentType: Exposition.mediaType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
    }

    private func mayRead(_ request: Request) -> Bool {
        guard let token else {
            // A page of the web may have its name point here; it can't say that it came for this machine.
            guard let authority = request.head.authority else { return true }
            return HostName(authority)?.isLoopback == true
        }
        let prefix = "Bearer "
        guard let given = request.headers[.authorization], given.hasPrefix(prefix) else { return false }
        return Digest.constantTimeEqual(.sha256(of: Array(given.dropFirst(prefix.count).utf8)), token)
    }
}
