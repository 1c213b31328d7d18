import NIOCore
import NIOWebSocket

/// Answers pings, sends its own, and ends a connection on which nothing comes any more.
final class WebSocketPulse: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let limits: WebSocketLimits
    private var heard = NIODeadline.now()
    private var beat: RepeatedTask?

    init(_ limits: WebSocketLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        heard = .now()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        beat = context.eventLoop.scheduleRepeatedTask(initialDelay: limits.pulse, delay: limits.pulse) { _ in
            let (pulse, context) = bound.value
            pulse.tick(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { beat?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        beat?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard = .now()
        let frame = unwrapInboundIn(data)
        // A server's frames are never masked, and no extension was agreed on (RFC 6455 sections 5.1 and 5.2).
        guard frame.maskKey == nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            context.fireErrorCaught(WebSocketFault.protocolError)
            context.close(promise: nil)
            return
        }
        guard frame.opcode == .ping else { return context.fireChannelRead(data) }
        let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
        context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
    }

    /// What broke the rules is told to whoever reads first, and then to the other side.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(error)
        let code: WebSocketErrorCode =
            switch error {
            case NIOWebSocketError.invalidFrameLength: .messageTooLarge
            case _: .protocolError
            }
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: data)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(frame)).whenComplete { _ in bound.value.close(promise: nil) }
    }

    private func tick(_ context: ChannelHandlerContext) {
        guard NIODeadline.now() - heard < limits.silence else {
            context.fireErrorCaught(WebSocketFault.silent)
            context.close(promise: nil)
            return
        }
        let ping = WebSocketFrame(fin: true, opcode: .ping, maskKey: .random(), data: ByteBuffer())
        context.writeAndFlush(wrapOutboundOut(ping), promise: nil)
    }
}

enum WebSocketFault: Error {
    /// What came breaks RFC 6455.
    case protocolError
    /// Nothing came for too long.
    case silent
    /// The server didn't agree to speak WebSocket.
    case notUpgraded
}
