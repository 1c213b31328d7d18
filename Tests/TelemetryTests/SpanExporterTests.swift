import Synchronization
import Telemetry
import Testing
import Tracing
import Wire

struct SpanExporterTests {
    private final class Collector: Sendable {
        private let state: Mutex<(answers: [ExportAnswer], sizes: [Int], sleeps: [Duration])>

        init(_ answers: [ExportAnswer]) {
            state = Mutex((answers, [], []))
        }

        var sizes: [Int] { state.withLock(\.sizes) }
        var sleeps: [Duration] { state.withLock(\.sleeps) }

        func take(_ body: JSON) -> ExportAnswer {
            let spans = body["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?.arrayValue ?? []
            return state.withLock { state in
                state.sizes.append(spans.count)
                return state.answers.isEmpty ? .taken : state.answers.removeFirst()
            }
        }

        func slept(_ duration: Duration) { state.withLock { $0.sleeps.append(duration) } }
    }

    private func exporter(
        _ queue: SpanQueue, _ collector: Collector, batch: Int = 512
    ) -> SpanExporter {
        var pace = SpanExporter.Pace()
        pace.batch = batch
        return SpanExporter(
            queue, resource: [], version: "1", pace: pace, send: { collector.take($0) },
            sleep: { collector.slept($0) })
    }

    private func fill(_ queue: SpanQueue, _ count: Int) {
        let tracer = SpanTracer { queue.add($0) }
        for _ in 0..<count { tracer.startSpan("call", context: .topLevel).end() }
    }

    @Test func `spans are told in batches`() async {
        let (queue, collector) = (SpanQueue(), Collector([]))
        fill(queue, 25)
        await exporter(queue, collector, batch: 10).flush()
        #expect(collector.sizes == [10, 10, 5])
        #expect(queue.counts == (0, 25, 0))
    }

    @Test func `what isn't taken is tried again, ever more slowly, or as the collector asks`() async {
        let (queue, collector) = (
            SpanQueue(), Collector([.again(after: nil), .again(after: nil), .again(after: .seconds(7))])
        )
        fill(queue, 1)
        await exporter(queue, collector).flush()
        #expect(collector.sizes == [1, 1, 1, 1])
        #expect(collector.sleeps == [.milliseconds(500), .seconds(1), .seconds(7)])
        #expect(queue.counts == (0, 1, 0))
    }

    @Test func `a collector can't hold a batch up for longer than our own bound`() async {
        let (queue, collector) = (SpanQueue(), Collector([.again(after: .seconds(86_400))]))
        fill(queue, 1)
        await exporter(queue, collector).flush()
        #expect(collector.sleeps == [.seconds(30)])
    }

    @Test func `what is never taken is dropped and counted`() async {
        let (queue, collector) = (SpanQueue(), Collector([.refused] + Array(repeating: .again(after: nil), count: 5)))
        fill(queue, 3)
        await exporter(queue, collector, batch: 2).flush()
        #expect(collector.sizes == [2, 1, 1, 1, 1, 1])
        #expect(queue.counts == (0, 0, 3))
    }

    @Test func `policy 19: without a collector the memory stays bounded, and what is lost is counted`() {
        let queue = SpanQueue(bound: 100)
        fill(queue, 1000)
        #expect(queue.counts == (100, 0, 900))
        #expect(Exposition.text(queue.families()).contains("deputy_spans_dropped_total 900"))
    }

    @Test func `at the end each batch is tried once`() async {
        let (queue, collector) = (SpanQueue(), Collector([.taken, .again(after: nil)]))
        fill(queue, 20)
        await exporter(queue, collector, batch: 10).flushOnce()
        #expect(collector.sleeps == [])
        #expect(queue.counts == (0, 10, 10))
    }
}
