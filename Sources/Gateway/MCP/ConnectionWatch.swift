import Gate
import NIOCore
import Synchronization

/// Knows which calls wait on which connection, and cancels them when the client hangs up: in 2026-07-28 that is how a
/// request is cancelled.
///
/// Hummingbird's own way of watching a connection reads past the request and so ends its reuse. This one adds a handler
/// to the connection, once, that only listens.
final class ConnectionWatch: Sendable {
    private let waiting = Mutex<[ObjectIdentifier: [Task<Answer, Never>]]>([:])

    /// Watches for the task until `remove`. A connection that has ended already cancels it at once.
    func add(_ task: Task<Answer, Never>, on channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isNew = waiting.withLock { waiting in
            let isNew = waiting[id] == nil
            waiting[id, default: []].append(task)
            return isNew
        }
        guard isNew else { return }
        channel.eventLoop.execute {
            do {
                let handler = HangUpHandler { [weak self] hasEnded in self?.hungUp(id, hasEnded: hasEnded) }
                try channel.pipeline.syncOperations.addHandler(handler, position: .first)
            } catch {
                self.hungUp(id, hasEnded: true)
            }
        }
    }

    func remove(_ task: Task<Answer, Never>, from channel: any Channel) {
        waiting.withLock { $0[ObjectIdentifier(channel)]?.removeAll { $0 == task } }
    }

    /// How many connections are watched.
    var count: Int { waiting.withLock { $0.count } }

    /// The entry of a connection goes only when its handler does, or its identity could be another's by then.
    private func hungUp(_ id: ObjectIdentifier, hasEnded: Bool) {
        let tasks = waiting.withLock { waiting in
            let tasks = waiting[id] ?? []
            waiting[id] = hasEnded ? nil : []
            return tasks
        }
        for task in tasks { task.cancel() }
    }
}

/// Listens for the end of a connection, and for the half of it that a client closes first.
private final class HangUpHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let hungUp: (_ hasEnded: Bool) -> Void

    init(hungUp: @escaping (_ hasEnded: Bool) -> Void) {
        self.hungUp = hungUp
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { hungUp(false) }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        hungUp(true)
    }
}
