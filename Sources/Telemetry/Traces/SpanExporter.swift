public import Wire

/// What a collector said to a batch (OTLP specification, "Failures").
public enum ExportAnswer: Sendable, Hashable {
    case taken
    /// It may be sent again: 429, 502, 503, 504, or no answer at all.
    case again(after: Duration?)
    /// It won't ever be taken.
    case refused
}

/// Tells spans to a collector, batch by batch. A batch that isn't taken is tried a few times, ever more slowly, and then
/// dropped.
public struct SpanExporter: Sendable {
    public struct Pace: Sendable {
        public var batch = 512
        public var pause = Duration.seconds(2)
        public var tries = 5
        public var first = Duration.milliseconds(500)
        public var longest = Duration.seconds(30)

        public init() {}
    }

    private let queue: SpanQueue
    private let resource: [(String, String)]
    private let version: String
    private let pace: Pace
    private let send: @Sendable (JSON) async -> ExportAnswer
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - resource: who speaks.
    ///   - send: posts one request.
    ///   - sleep: throws when cancelled.
    public init(
        _ queue: SpanQueue, resource: [(String, String)], version: String, pace: Pace = Pace(),
        send: @escaping @Sendable (JSON) async -> ExportAnswer,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.queue = queue
        self.resource = resource
        self.version = version
        self.pace = pace
        self.send = send
        self.sleep = sleep
    }

    /// Runs until cancelled.
    public func run() async {
        while (try? await sleep(pace.pause)) != nil { await flush() }
    }

    /// Tells everything that waits.
    public func flush() async {
        while case let batch = queue.take(pace.batch), !batch.isEmpty { await tell(batch) }
    }

    /// Tells what waits, each batch once: for the end.
    public func flushOnce() async {
        while case let batch = queue.take(pace.batch), !batch.isEmpty {
            switch await send(OTLPTraces.request(batch, resource: resource, version: version)) {
            case .taken: queue.told(batch.count)
            case .again, .refused: return queue.dropped(batch.count)
            }
        }
    }

    private func tell(_ batch: [FinishedSpan]) async {
        let request = OTLPTraces.request(batch, resource: resource, version: version)
        var wait = pace.first
        for attempt in 1...pace.tries {
            switch await send(request) {
            case .taken: return queue.told(batch.count)
            case .refused: return queue.dropped(batch.count)
            case .again(let asked):
                guard attempt < pace.tries, (try? await sleep(min(asked ?? wait, pace.longest))) != nil else {
                    return queue.dropped(batch.count)
                }
                wait = min(wait * 2, pace.longest)
            }
        }
    }
}
