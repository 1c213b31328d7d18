import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import ServiceLifecycle

/// Takes apps' sockets at a port of its own.
struct SlackSocketServer: ServiceLifecycle.Service {
    static let offset = 13

    let sockets: SlackSockets
    let port: Int
    let announcement: Announcement

    func run() async throws {
        let sockets = sockets
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrader = NIOWebSocketServerUpgrader(
                        maxFrameSize: 1 << 20,
                        shouldUpgrade: { channel, head in
                            guard let app = sockets.spend(head.uri) else {
                                return channel.eventLoop.makeSucceededFuture(nil)
                            }
                            return channel.pipeline.addHandler(SlackSocketOwner(app: app), name: SlackSocketOwner.name)
                                .map { HTTPHeaders() }
                        },
                        upgradePipelineHandler: { channel, _ in
                            channel.eventLoop.makeCompletedFuture {
                                let pipeline = channel.pipeline.syncOperations
                                let app = try pipeline.handler(type: SlackSocketOwner.self).app
                                try pipeline.addHandler(SlackSocketHandler(sockets, app))
                            }
                        })
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withServerUpgrade: (
                            upgraders: [upgrader],
                            completionHandler: { context in
                                context.pipeline.syncOperations.removeHandler(
                                    name: SlackSocketRefusal.name, promise: nil)
                            }
                        ))
                    try channel.pipeline.syncOperations.addHandler(SlackSocketRefusal(), name: SlackSocketRefusal.name)
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        sockets.listens(on: server.localAddress?.port ?? 0)
        announcement.heard("sockets", on: server.localAddress?.port ?? 0)
        try? await gracefulShutdown()
        try? await server.close()
    }
}

/// Whose socket it becomes, kept from the ticket to the socket.
private final class SlackSocketOwner: ChannelInboundHandler, Sendable {
    typealias InboundIn = Any
    static let name = "owner"

    let app: SlackApp

    init(app: SlackApp) {
        self.app = app
    }
}

/// Answers what doesn't open a socket.
private final class SlackSocketRefusal: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    static let name = "refusal"

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let head = HTTPResponseHead(
            version: .http1_1, status: .unauthorized, headers: ["Content-Length": "0", "Connection": "close"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }
}

/// One socket.
private final class SlackSocketHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let sockets: SlackSockets
    private let app: SlackApp
    private var number = 0

    init(_ sockets: SlackSockets, _ app: SlackApp) {
        self.sockets = sockets
        self.app = app
    }

    func handlerAdded(context: ChannelHandlerContext) {
        number = sockets.joined(context.channel, app)
    }

    func channelInactive(context: ChannelHandlerContext) {
        sockets.left(number, app)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        // A client's frames are always masked (RFC 6455 section 5.1).
        guard frame.maskKey != nil else {
            sockets.note("unmasked", app, number)
            return context.close(promise: nil)
        }
        switch frame.opcode {
        case .text: sockets.heard(String(buffer: frame.unmaskedData), number, app)
        case .ping:
            context.writeAndFlush(
                wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)), promise: nil)
        case .pong: sockets.note("pong", app, number)
        case .connectionClose:
            context.writeAndFlush(
                wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData)),
                promise: nil)
            context.close(promise: nil)
        default: sockets.note("odd", app, number)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is SlackSocketReserved else { return context.fireUserInboundEventTriggered(event) }
        var frame = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: "{}"))
        frame.rsv2 = true
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }
}
