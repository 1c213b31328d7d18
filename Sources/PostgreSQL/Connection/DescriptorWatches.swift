import Dispatch

/// The dispatch sources on one socket. libpq closes the socket, so all sources must have ended before it may.
struct DescriptorWatches {
    private var reader: (any DispatchSourceRead)?
    private var writer: (any DispatchSourceWrite)?
    private let ended = DispatchGroup()

    mutating func watchReadable(_ socket: Int32, on queue: DispatchQueue, _ handler: @escaping @Sendable () -> Void) {
        let source = DispatchSource.makeReadSource(fileDescriptor: socket, queue: queue)
        watch(source, handler)
        reader = source
    }

    /// Calls the handler until ``writable()``.
    mutating func awaitWritable(_ socket: Int32, on queue: DispatchQueue, _ handler: @escaping @Sendable () -> Void) {
        guard writer?.isCancelled ?? true else { return }
        let source = DispatchSource.makeWriteSource(fileDescriptor: socket, queue: queue)
        watch(source, handler)
        writer = source
    }

    /// The wait for writing is over.
    mutating func writable() {
        writer?.cancel()
        writer = nil
    }

    private func watch(_ source: any DispatchSourceProtocol, _ handler: @escaping @Sendable () -> Void) {
        ended.enter()
        source.setEventHandler(handler: handler)
        source.setCancelHandler { [ended] in ended.leave() }
        source.activate()
    }

    /// Ends all sources, then calls `done` on the queue.
    mutating func end(on queue: DispatchQueue, _ done: @escaping @Sendable () -> Void) {
        writer?.cancel()
        reader?.cancel()
        (reader, writer) = (nil, nil)
        ended.notify(queue: queue, execute: done)
    }
}
