import NIOCore
import NIOSSL

/// One command after another on one channel. Everything happens on its event loop. What a server says between two commands
/// is read and dropped, but that something came.
final class IMAPHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case greeting(EventLoopPromise<IMAPStatus>)
        case idle
        case busy(IMAPExchange, EventLoopPromise<IMAPReply>)
        case over(MailFailure)
    }

    private var state: State
    private var reader: IMAPFrameReader
    private var own: ChannelHandlerContext?
    private var commands = 0
    /// Whether something came that no command has asked for since.
    private var hasNews = false
    private let limits: IMAPLimits
    private let makeTLS: () throws -> NIOSSLClientHandler

    init(
        greeting: EventLoopPromise<IMAPStatus>, limits: IMAPLimits = IMAPLimits(),
        makeTLS: @escaping () throws -> NIOSSLClientHandler
    ) {
        state = .greeting(greeting)
        reader = IMAPFrameReader(limits)
        self.limits = limits
        self.makeTLS = makeTLS
    }

    func handlerAdded(context: ChannelHandlerContext) { own = context }

    func handlerRemoved(context: ChannelHandlerContext) { own = nil }

    func perform(_ command: IMAPCommand, _ promise: EventLoopPromise<IMAPReply>) {
        guard let own, case .idle = state else {
            if case .over(let failure) = state { return promise.fail(failure) }
            return promise.fail(MailFailure.notSent("the connection to the mail server is gone"))
        }
        // What was told already isn't told again.
        if command.waits, hasNews { return promise.succeed(.awake) }
        if command.asksNews { hasNews = false }
        commands += 1
        reader.beginCommand()
        var exchange = IMAPExchange(command, tag: "d\(commands)", most: limits.responses)
        let first = exchange.begin()
        state = .busy(exchange, promise)
        send(first, own)
    }

    /// Ends a command that waits. Nothing happens when none does.
    func endWait() {
        guard let own, case .busy(var exchange, let promise) = state else { return }
        let bytes = exchange.endWait()
        state = .busy(exchange, promise)
        if let bytes { send(bytes, own) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(MailFault) {
            let frames = try reader.push(unwrapInboundIn(data).readableBytesView)
            for (index, frame) in frames.enumerated() {
                if case .over = state { return }
                let isLast = index == frames.count - 1 && reader.isEmpty
                try heard(try IMAPResponse(frame), isLast: isLast, context)
            }
        } catch {
            end(error.reason, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { end("the mail server closed the connection", context) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(MailChannel.reason(of: error), context)
    }

    /// The conversation is over from our side: done, out of time, or whoever wanted it is gone.
    func give(up reason: String) {
        if let own { end(reason, own) }
    }

    private func heard(_ response: IMAPResponse, isLast: Bool, _ context: ChannelHandlerContext) throws(MailFault) {
        if case .untagged(.exists) = response { hasNews = true }
        switch state {
        case .over: return
        case .greeting(let promise):
            guard case .untagged(.status(let status)) = response else {
                throw MailFault(reason: "the mail server doesn't greet")
            }
            state = .idle
            promise.succeed(status)
        case .idle:
            guard case .untagged = response else { throw MailFault(reason: "the mail server spoke out of turn") }
        case .busy(var exchange, let promise):
            // What was gathered has one owner while it grows.
            state = .idle
            let received = Result { () throws(MailFault) in try exchange.received(response) }
            state = .busy(exchange, promise)
            switch try received.get() {
            case .nothing: return
            case .send(let bytes): send(bytes, context)
            case .done(let reply):
                if exchange.command.startsTLS, reply.status.word == .ok { try beginTLS(isLast: isLast, context) }
                state = .idle
                promise.succeed(reply)
            }
        }
    }

    /// What came in clear behind the answer would be read as if it had come within TLS.
    private func beginTLS(isLast: Bool, _ context: ChannelHandlerContext) throws(MailFault) {
        guard isLast else { throw MailFault(reason: "the mail server spoke out of turn") }
        do {
            try context.pipeline.syncOperations.addHandler(makeTLS(), position: .first)
        } catch {
            throw MailFault(reason: "TLS with the mail server can't begin")
        }
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }

    private func end(_ reason: String, _ context: ChannelHandlerContext) {
        switch state {
        case .over: return
        case .greeting(let promise): promise.fail(MailFailure.notSent(reason))
        case .idle: break
        case .busy(let exchange, let promise):
            promise.fail(exchange.mayBeDone ? MailFailure.unknown(reason) : .notSent(reason))
        }
        state = .over(.notSent(reason))
        context.close(promise: nil)
    }
}
