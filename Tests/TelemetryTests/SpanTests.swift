import Telemetry
import Testing
import Tracing

struct SpanTests {
    private let told = Told()
    private static let theirs = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"

    private struct Leaky: Error {
        let secret = "hunter2"
    }

    @Test func `spans that are begun within another are its children, in one trace`() {
        let tracer = told.tracer()
        tracer.withSpan("request") { _ in
            tracer.withSpan("call") { _ in }
        }
        #expect(told.names == ["call", "request"])
        let (call, request) = (told.all[0], told.all[1])
        #expect(request.parent == 0)
        #expect(call.parent == request.trace.span)
        #expect(call.trace.trace == request.trace.trace)
        #expect(call.start >= request.start && call.end <= request.end)
    }

    @Test func `what was measured already becomes a span of its time`() {
        let tracer = told.tracer()
        let end = ContinuousClock.now
        tracer.withSpan("call") { _ in tracer.record("decide", from: end - .milliseconds(5), to: end) }
        #expect(told.names == ["decide", "call"])
        #expect(told.all[0].parent == told.all[1].trace.span)
        // Two readings of two clocks: a microsecond lies between them.
        #expect(abs(Int64(told.all[0].end - told.all[0].start) - 5_000_000) < 1_000_000)
    }

    @Test func `outside of any trace nothing is recorded after the fact`() {
        told.tracer().record("decide", from: .now, to: .now)
        #expect(told.all.isEmpty)
    }

    @Test func `a client's trace is linked, not gone on with, unless somebody says so`() {
        let linking = told.tracer().beginning(Self.theirs)
        #expect(linking.context.trace == nil)
        #expect(linking.link?.context.trace?.traceparent == Self.theirs)
        let going = told.tracer(incoming: .parent).beginning(Self.theirs)
        #expect(going.context.trace?.traceparent == Self.theirs)
        #expect(going.link == nil)
        let ignoring = told.tracer(incoming: .ignore).beginning(Self.theirs)
        #expect(ignoring.context.trace == nil && ignoring.link == nil)
        #expect(told.tracer().beginning("nonsense").link == nil)
    }

    @Test func `a client that goes on isn't recorded where it doesn't record itself`() {
        let tracer = told.tracer(incoming: .parent)
        let span = tracer.startSpan("request", context: tracer.beginning(Self.theirs).context)
        #expect(!span.isRecording)
        span.end()
        #expect(told.all.isEmpty)
    }

    @Test(arguments: [(0.0, 0), (1.0, 100)])
    func `a share of the traces is recorded`(_ share: Double, _ count: Int) {
        let tracer = told.tracer(share: share)
        for _ in 0..<100 { tracer.startSpan("request", context: .topLevel).end() }
        #expect(told.all.count == count)
    }

    @Test func `half of the traces are about half, and whole ones`() {
        let spans = Told()
        let tracer = SpanTracer(share: 0.5, tell: { _ in })
        let sampled = (0..<2000).count { _ in tracer.startSpan("request", context: .topLevel).isRecording }
        #expect((800...1200).contains(sampled))
        #expect(spans.all.isEmpty)
    }

    @Test func `policy 17: an error leaves its type and nothing that it says`() {
        let tracer = told.tracer()
        try? tracer.withSpan("call") { _ in throw Leaky() }
        #expect(told.all[0].attributes.get("error.type") == .string("Leaky"))
        #expect(told.all[0].status?.code == .error)
        #expect(!"\(told.all[0])".contains("hunter2"))
    }

    @Test func `a span ends once and holds no more than its bound`() {
        let tracer = told.tracer()
        let span = tracer.startSpan("call", context: .topLevel)
        for number in 0..<100 { span.set("key\(number)", number) }
        span.end()
        span.end()
        #expect(told.all.count == 1)
        #expect(told.all[0].attributes.count == 32)
    }
}
