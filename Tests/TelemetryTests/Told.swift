import Synchronization
import Telemetry

/// The spans that were told, in the order of their ends.
final class Told: Sendable {
    private let spans = Mutex<[FinishedSpan]>([])
    private let numbers = Mutex<UInt64>(0)

    var all: [FinishedSpan] { spans.withLock { $0 } }
    var names: [String] { all.map(\.name) }

    func tracer(share: Double = 1, incoming: IncomingTraces = .link) -> SpanTracer {
        SpanTracer(
            share: share, incoming: incoming,
            newID: {
                self.numbers.withLock { number in
                    number += 1
                    return number
                }
            }, tell: { span in self.spans.withLock { $0.append(span) } })
    }
}
