import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// A WebSocket to one checked address (RFC 6455): text messages, whole and within limits, no extensions.
struct WebSocketClient: Sendable {
    typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    let limits: WebSocketLimits
    let connect: TimeAmount
    let userAgent: String

    /// - Parameters:
    ///   - address: numeric, and checked. Nothing is looked up here.
    ///   - tls: nil for a socket in clear.
    func open(_ target: SocketAddress, at address: String, tls: NIOSSLContext?) async throws -> Frames {
        let limits = limits
        let host = Address(target.origin.host) == nil ? target.origin.host : nil
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: target.target,
            headers: ["Host": target.authority, "User-Agent": userAgent])
        let upgraded = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(connect)
            .connect(host: address, port: target.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: host))
                    }
                    return try WebSocketClient.handshake(head, on: channel, limits) {
                        try WebSocketClient.frames(on: $0, limits)
                    }
                }
            }
        return try await upgraded.get()
    }

    /// What comes of asking for a socket on a connection that is about to open.
    ///
    /// - Parameter make: makes it once the server has agreed, and not where the handshake has failed meanwhile.
    static func handshake<Made: Sendable>(
        _ head: HTTPRequestHead, on channel: any Channel, _ limits: WebSocketLimits,
        make: @escaping @Sendable (any Channel) throws -> Made
    ) throws -> EventLoopFuture<Made> {
        let hasFailed = NIOLoopBoundBox(false, eventLoop: channel.eventLoop)
        let upgrader = NIOTypedWebSocketClientUpgrader<Made>(
            maxFrameSize: limits.messageBytes, enableAutomaticErrorHandling: false
        ) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                // A reset right behind the server's consent fails the handshake, and NIO asks for this nevertheless. Nobody
                // would get it, and a process ends in which frames go that nobody has ended.
                guard !hasFailed.value else { throw WebSocketFault.notUpgraded }
                return try make(channel)
            }
        }
        var setup = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                upgradeRequestHead: head, upgraders: [upgrader],
                notUpgradingCompletionHandler: { $0.eventLoop.makeFailedFuture(WebSocketFault.notUpgraded) }))
        // What comes in one packet with the server's consent is the first that it says.
        setup.leftOverBytesStrategy = .forwardBytes
        let upgrade = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: setup)
        let deadline = channel.eventLoop.scheduleTask(in: limits.handshake) { channel.close(promise: nil) }
        upgrade.whenComplete { _ in deadline.cancel() }
        upgrade.whenFailure { _ in
            hasFailed.value = true
            channel.close(promise: nil)
        }
        return upgrade
    }

    private static func frames(on channel: any Channel, _ limits: WebSocketLimits) throws -> Frames {
        try channel.pipeline.syncOperations.addHandlers(
            WebSocketPulse(limits),
            NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: limits.fragments,
                maxAccumulatedFrameSize: limits.messageBytes))
        return try Frames(wrappingChannelSynchronously: channel)
    }
}
