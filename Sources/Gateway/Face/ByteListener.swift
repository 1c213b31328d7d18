import NIOCore

/// Tells that bytes arrived, before anything is made of them. Stands behind TLS.
final class ByteListener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    var arrived: () -> Void = {}

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        arrived()
        context.fireChannelRead(data)
    }
}
