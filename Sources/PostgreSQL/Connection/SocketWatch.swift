import Dispatch
import Glibc

/// Tells when a socket of libpq's can be read from or written to.
///
/// It watches a duplicate of the socket, which it closes itself. libpq closes its own whenever a connection breaks; the
/// number would then be some other connection's, which dispatch would take for the one that it watches already.
struct SocketWatch {
    enum Direction {
        case reading, writing
    }

    private let source: any DispatchSourceProtocol

    /// Calls `handler` on the queue as long as the socket is ready, until ``end()``. nil if there is no socket, or the
    /// process may open no more files.
    init?(_ socket: Int32, for direction: Direction, on queue: DispatchQueue, _ handler: @escaping @Sendable () -> Void)
    {
        let duplicate = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0 else { return nil }
        switch direction {
        case .reading: source = DispatchSource.makeReadSource(fileDescriptor: duplicate, queue: queue)
        case .writing: source = DispatchSource.makeWriteSource(fileDescriptor: duplicate, queue: queue)
        }
        source.setEventHandler(handler: handler)
        source.setCancelHandler { close(duplicate) }
        source.activate()
    }

    /// Whether reading would return at once, be it with the news that the other side has hung up.
    static func isReadable(_ socket: Int32) -> Bool {
        var question = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&question, 1, 0) > 0
    }

    func end() {
        source.cancel()
    }
}
