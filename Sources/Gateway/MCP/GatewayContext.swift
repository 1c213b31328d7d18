public import Hummingbird
public import NIOCore

/// What a route of the public face knows of a request besides the request: its parameters and its connection.
public struct GatewayContext: RequestContext {
    /// What Hummingbird keeps for itself.
    public var coreContext: CoreRequestContextStorage
    /// The connection that the request came over. Its end cancels what may still be cancelled.
    public let channel: any Channel

    /// Made by the server for each request.
    public init(source: Source) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
