import Hummingbird
public import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

extension Face {
    /// What an application serves connections with: HTTP/1.1, with TLS where there is a certificate (record 024).
    public var server: HTTPServerBuilder {
        let limits = limits
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [PaceHandler(limits)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.fieldBytes, maxHeaderListSize: limits.headBytes,
                maxHeaderFieldCount: limits.fields))
        let room = ConnectionRoom(limits)
        return HTTPServerBuilder { [self] responder in
            FaceChannel(
                face: self, room: room, http: HTTP1Channel(responder: responder, configuration: configuration))
        }
    }
}

/// Sets up one connection: whether it is heard, TLS, HTTP.
private struct FaceChannel: ServerChildChannel {
    let face: Face
    let room: ConnectionRoom
    let http: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        let peer = channel.remoteAddress?.ipAddress
        let source = face.isProxy(peer) ? nil : SourceAddress(peer)
        guard face.hears(peer), room.enter(source) else { return refuse(channel, ChannelError.ioOnClosedChannel) }
        channel.closeFuture.whenComplete { _ in room.leave(source) }
        do {
            if let identity = face.identity {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: identity.context))
            }
            try channel.pipeline.syncOperations.addHandler(ByteListener())
        } catch {
            return refuse(channel, error)
        }
        return http.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }

    private func refuse(_ channel: any Channel, _ error: any Error) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.close(promise: nil)
        return channel.eventLoop.makeFailedFuture(error)
    }
}
