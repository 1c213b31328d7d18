import Synchronization

/// Spans that wait to be told. It never holds more than its bound: what comes then is dropped and counted, since the
/// collector may be gone and a call never waits for it.
public final class SpanQueue: Sendable {
    private struct State {
        var waiting: [FinishedSpan] = []
        var told = 0
        var dropped = 0
    }

    private let bound: Int
    private let state = Mutex(State())

    public init(bound: Int = 2048) {
        self.bound = bound
    }

    public func add(_ span: FinishedSpan) {
        state.withLock { state in
            if state.waiting.count < bound { state.waiting.append(span) } else { state.dropped += 1 }
        }
    }

    /// The oldest ones, at most so many.
    public func take(_ most: Int) -> [FinishedSpan] {
        state.withLock { state in
            let taken = Array(state.waiting.prefix(most))
            state.waiting.removeFirst(taken.count)
            return taken
        }
    }

    func told(_ count: Int) { state.withLock { $0.told += count } }
    func dropped(_ count: Int) { state.withLock { $0.dropped += count } }

    /// Waiting, told and dropped.
    public var counts: (waiting: Int, told: Int, dropped: Int) {
        state.withLock { ($0.waiting.count, $0.told, $0.dropped) }
    }
}

extension SpanQueue: MetricSource {
    public func families() -> [MetricFamily] {
        let (waiting, told, dropped) = counts
        return [
            .gauge("deputy_spans_waiting", "Spans that wait for the collector.", Double(waiting)),
            .counter("deputy_spans_told_total", "Spans that the collector took.", Double(told)),
            .counter(
                "deputy_spans_dropped_total", "Spans that the collector didn't take, or that there was no room for.",
                Double(dropped)),
        ]
    }
}
