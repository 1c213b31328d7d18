import Gate
import Glibc
import NIOCore
import Synchronization

/// Knows which calls wait on which connection, and cancels them when the client hangs up: in 2026-07-28 that is how a
/// request is cancelled.
///
/// Hummingbird's own way of watching a connection reads past the request and so ends its reuse. This one adds a handler
/// to the connection, once, that only listens.
final class ConnectionWatch: Sendable {
    private struct Connection {
        var hasHungUp = false
        var waiting: [Task<Answer, Never>] = []
    }

    private let connections = Mutex<[ObjectIdentifier: Connection]>([:])

    /// Watches for the task until `remove`. A client that has hung up already cancels it at once.
    func add(_ task: Task<Answer, Never>, on channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let (isNew, hasHungUp) = connections.withLock { connections in
            let isNew = connections[id] == nil
            connections[id, default: Connection()].waiting.append(task)
            return (isNew, connections[id]?.hasHungUp == true)
        }
        if hasHungUp { task.cancel() }
        if isNew { channel.eventLoop.execute { self.listen(to: channel, id) } }
    }

    func remove(_ task: Task<Answer, Never>, from channel: any Channel) {
        connections.withLock { $0[ObjectIdentifier(channel)]?.waiting.removeAll { $0 == task } }
    }

    /// On the connection's event loop. What happened before the handler was there is asked of the system afterwards, so
    /// that nothing is missed between the two.
    private func listen(to channel: any Channel, _ id: ObjectIdentifier) {
        do {
            let handler = HangUpHandler(
                hungUp: { [weak self] in self?.hungUp(id) }, ended: { [weak self] in self?.ended(id) })
            try channel.pipeline.syncOperations.addHandler(handler, position: .first)
        } catch {
            return ended(id)
        }
        guard let socket = channel as? any SocketOptionProvider else { return }
        socket.getTCPInfo().whenSuccess { [weak self] info in
            if info.tcpi_state == HangUpHandler.closeWait { self?.hungUp(id) }
        }
    }

    private func hungUp(_ id: ObjectIdentifier) {
        let waiting = connections.withLock { connections in
            connections[id]?.hasHungUp = true
            return connections[id]?.waiting ?? []
        }
        for task in waiting { task.cancel() }
    }

    /// The connection's entry goes only with its handler: until then no other connection can have its identity.
    private func ended(_ id: ObjectIdentifier) {
        let waiting = connections.withLock { $0.removeValue(forKey: id)?.waiting ?? [] }
        for task in waiting { task.cancel() }
    }
}

/// Listens for the end of a connection, and for the half of it that a client closes first.
private final class HangUpHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    /// `TCP_CLOSE_WAIT`: the other side has closed and we haven't.
    static let closeWait: UInt8 = 8

    private let hungUp: () -> Void
    private let ended: () -> Void

    init(hungUp: @escaping () -> Void, ended: @escaping () -> Void) {
        self.hungUp = hungUp
        self.ended = ended
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { hungUp() }
        context.fireUserInboundEventTriggered(event)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ended()
    }
}
