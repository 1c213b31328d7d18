import HTTPTypes
public import Hummingbird

/// How the gateway shows itself to the network: where it listens, by which certificate, whose word on addresses it takes,
/// how much it takes, and what every answer says.
public struct Face: Sendable {
    let host: String
    let identity: LiveIdentity?
    let proxies: TrustedProxies
    let limits: FaceLimits
    /// Whether browsers are told to come by TLS alone from now on.
    let isStrict: Bool

    /// - Parameters:
    ///   - host: the address to listen at.
    ///   - publicURL: how the world names us; nil when nobody has said.
    ///   - identity: what TLS shows; nil for plain HTTP.
    /// - Throws: when it would show sessions and tokens to a network.
    public init(
        host: String, publicURL: String?, identity: LiveIdentity? = nil, proxies: TrustedProxies = .none,
        limits: FaceLimits = FaceLimits()
    ) throws(FaceError) {
        try Face.check(host: host, isSecure: identity != nil, proxies: proxies, publicURL: publicURL)
        self.host = host
        self.identity = identity
        self.proxies = proxies
        self.limits = limits
        isStrict = identity != nil && publicURL?.hasPrefix("https://") == true
    }

    /// Adds what applies to every request. Before any route.
    public func add(to router: Router<GatewayContext>) {
        router.add(middleware: FaceMiddleware(face: self))
    }

    func isProxy(_ peer: String?) -> Bool {
        !proxies.isEmpty && peer.flatMap(IPAddress.init).map(proxies.contains) == true
    }

    /// Whether a connection from there is taken at all. In clear only this machine and the named proxies are heard.
    func hears(_ peer: String?) -> Bool {
        guard identity == nil, !Face.isHere(host) else { return true }
        guard let peer = peer.flatMap(IPAddress.init) else { return false }
        return peer.isLoopback || proxies.contains(peer)
    }
}

private struct FaceMiddleware: RouterMiddleware {
    /// A year. Not for the names below ours: they aren't ours to speak for.
    private static let strictTransport = "max-age=31536000"

    let face: Face

    func handle(
        _ request: Request, context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.proxies = face.proxies
        var response = try await next(request, context)
        if face.isStrict { response.headers[.strictTransportSecurity] = FaceMiddleware.strictTransport }
        return response
    }
}
