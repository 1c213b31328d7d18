import NIOCore
import NIOSSL

/// One dialogue on one channel. Everything happens on its event loop, so no byte slips between a reply and what it starts.
final class SMTPHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var dialogue: SMTPDialogue
    private var reader = SMTPReplyReader()
    private var result: EventLoopPromise<Void>?
    private var own: ChannelHandlerContext?
    private let makeTLS: () throws -> NIOSSLClientHandler

    /// - Parameter result: fails with a `MailFailure`.
    init(
        _ dialogue: SMTPDialogue, result: EventLoopPromise<Void>,
        makeTLS: @escaping () throws -> NIOSSLClientHandler
    ) {
        self.dialogue = dialogue
        self.result = result
        self.makeTLS = makeTLS
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard result != nil else { return }
        do throws(MailFault) {
            guard let reply = try reader.push(unwrapInboundIn(data).readableBytesView) else { return }
            act(dialogue.received(reply), context)
        } catch {
            end(.failure(dialogue.lost(error.reason)), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(dialogue.lost("the mail server closed the connection")), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(dialogue.lost(MailChannel.reason(of: error))), context)
    }

    func handlerAdded(context: ChannelHandlerContext) { own = context }

    func handlerRemoved(context: ChannelHandlerContext) { own = nil }

    /// The dialogue is over from our side: its time, or whoever wanted it, is gone.
    func give(up reason: String) {
        guard let own else { return }
        end(.failure(dialogue.lost(reason)), own)
    }

    private func act(_ action: SMTPDialogue.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .send(let bytes): send(bytes, context)
        case .startTLS:
            do {
                try context.pipeline.syncOperations.addHandler(makeTLS(), position: .first)
                act(dialogue.securedByTLS(), context)
            } catch {
                end(.failure(dialogue.lost("TLS with the mail server can't begin")), context)
            }
        case .finished(let farewell):
            send(farewell, context)
            end(.success(()), context)
        case .fail(let failure): end(.failure(failure), context)
        }
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }

    private func end(_ outcome: Result<Void, MailFailure>, _ context: ChannelHandlerContext) {
        guard let result else { return }
        self.result = nil
        switch outcome {
        case .success: result.succeed()
        case .failure(let failure): result.fail(failure)
        }
        context.close(promise: nil)
    }
}
