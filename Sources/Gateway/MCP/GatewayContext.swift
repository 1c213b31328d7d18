public import Hummingbird
public import NIOCore

/// What a route of the public face knows of a request besides the request: its parameters and its connection.
public struct GatewayContext: RequestContext {
    /// What Hummingbird keeps for itself.
    public var coreContext: CoreRequestContextStorage
    /// The connection that the request came over. Its end cancels what may still be cancelled.
    public let channel: any Channel
    /// Whose word is taken on where the request comes from.
    var proxies = TrustedProxies.none

    /// Made by the server for each request.
    public init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Where the request comes from, as far as it can be told: whom tries and rates are counted for.
    func source(of request: Request) -> SourceAddress {
        proxies.source(of: channel.remoteAddress?.ipAddress, request.headers)
    }
}
