import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Keeps one connection to its pace and its bounds. Stands behind the HTTP codec; ``ByteListener`` tells it of first bytes.
final class PaceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var pace: ConnectionPace
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var timerFires = Int64.max
    private var hasBegunAnswer = false
    /// Whatever still comes is thrown away, as long as it isn't too much for that.
    private var isDeaf = false
    private var thrownAway = 0
    private let bodyBytes: Int

    init(_ limits: FaceLimits) {
        bodyBytes = limits.bodyBytes
        pace = ConnectionPace(limits.times, bodyBytes: limits.bodyBytes, now: PaceHandler.now)
    }

    private static let host = HTTPField.Name("Host")
    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if let listener = try? context.pipeline.syncOperations.handler(type: ByteListener.self) {
            listener.arrived = { [weak self] in self?.bytesArrived() }
        }
        arm()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        self.context = nil
    }

    private func bytesArrived() {
        pace.bytesArrived(at: PaceHandler.now)
        arm()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard !isDeaf else { return throwAway(part, context) }
        if let status = fault(of: part) { return refuse(status, context) }
        arm()
        context.fireChannelRead(data)
    }

    /// Why a part of a request isn't taken.
    private func fault(of part: HTTPRequestPart) -> HTTPResponse.Status? {
        switch part {
        case .head(let head):
            let length = head.headerFields[.contentLength].flatMap { Int($0) }
            guard pace.headArrived(length: length, at: PaceHandler.now) else { return .contentTooLarge }
            // The first one is the authority. Two readers would take two different ones.
            return PaceHandler.host.map(head.headerFields.contains) == true ? .badRequest : nil
        case .body(let bytes):
            return pace.bodyArrived(bytes.readableBytes) ? nil : .contentTooLarge
        case .end:
            pace.requestEnded(at: PaceHandler.now)
            return nil
        }
    }

    private func throwAway(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        if case .body(let bytes) = part { thrownAway += bytes.readableBytes }
        if thrownAway > bodyBytes { context.close(promise: nil) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isDeaf else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head): hasBegunAnswer = hasBegunAnswer || head.status.kind != .informational
        case .body: break
        case .end:
            hasBegunAnswer = false
            pace.answerEnded(at: PaceHandler.now)
            arm()
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pace.writable(context.channel.isWritable, at: PaceHandler.now)
        arm()
        context.fireChannelWritabilityChanged()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output { pace.closed(at: PaceHandler.now) }
        arm()
        context.close(mode: mode, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError, error == .headerOverflow, pace.canBeTold, !hasBegunAnswer {
            return refuse(.requestHeaderFieldsTooLarge, context)
        }
        context.fireErrorCaught(error)
    }
}

extension PaceHandler {
    /// Sees to it that a timer fires at the deadline or before. One that fires early is cheaper than one for each request.
    private func arm() {
        guard let deadline = pace.deadline, deadline < timerFires, let context else { return }
        timer?.cancel()
        timerFires = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(
            deadline: .uptimeNanoseconds(UInt64(max(deadline, 0)))
        ) { [weak self] in self?.fired() }
    }

    private func fired() {
        timer = nil
        timerFires = .max
        guard let context, let deadline = pace.deadline else { return }
        guard deadline <= PaceHandler.now else { return arm() }
        if pace.canBeTold, !hasBegunAnswer {
            answer(.requestTimeout, context).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        } else {
            context.close(promise: nil)
        }
    }

    /// Says why, hears no more, and leaves the client a moment to read it.
    private func refuse(_ status: HTTPResponse.Status, _ context: ChannelHandlerContext) {
        if pace.canBeTold, !hasBegunAnswer { _ = answer(status, context) }
        isDeaf = true
        close(context: context, mode: .output, promise: nil)
    }

    private func answer(_ status: HTTPResponse.Status, _ context: ChannelHandlerContext) -> EventLoopFuture<Void> {
        let head = HTTPResponse(status: status, headerFields: [.connection: "close", .contentLength: "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        return context.writeAndFlush(wrapOutboundOut(.end(nil)))
    }
}

extension FaceLimits {
    /// In nanoseconds.
    fileprivate var times: ConnectionPace.Times {
        func nanoseconds(_ seconds: Double) -> Int64 { Int64(seconds * 1e9) }
        return ConnectionPace.Times(
            head: nanoseconds(headSeconds), body: nanoseconds(bodySeconds), idle: nanoseconds(idleSeconds),
            stall: nanoseconds(stallSeconds), closing: nanoseconds(closingSeconds))
    }
}
