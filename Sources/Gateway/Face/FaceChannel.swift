import Hummingbird
public import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

extension Face {
    /// What an application serves connections with: HTTP/1.1, with TLS where there is a certificate (record 024).
    public var server: HTTPServerBuilder {
        HTTPServerBuilder { responder in FaceChannel(face: self, http: HTTP1Channel(responder: responder)) }
    }
}

/// Sets up one connection: whether it is heard, TLS, HTTP.
private struct FaceChannel: ServerChildChannel {
    let face: Face
    let http: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        guard face.hears(channel.remoteAddress?.ipAddress) else {
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        do {
            if let identity = face.identity {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: identity.context))
            }
        } catch {
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(error)
        }
        return http.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
