import Synchronization
public import Tracing

/// One stretch of work in a trace. What isn't sampled is passed on and never told.
///
/// It holds what it is given and no more: no message of an error, no argument and no result ever gets here by itself.
public final class RecordedSpan: Span {
    /// Beyond it a text says nothing more, and could carry something.
    static let longestText = 200
    static let mostAttributes = 32

    private struct State {
        var name: String
        var attributes = SpanAttributes([:])
        var links: [TraceContext] = []
        var status: SpanStatus?
        var isOver = false
    }

    public let context: InstrumentationContext
    /// Where this span itself is.
    public let trace: TraceContext
    private let parent: UInt64
    private let kind: SpanKind
    private let start: UInt64
    private let state: Mutex<State>
    private let tell: @Sendable (FinishedSpan) -> Void

    init(
        _ name: String, _ kind: SpanKind, at trace: TraceContext, under parent: UInt64,
        in context: InstrumentationContext, start: UInt64, tell: @escaping @Sendable (FinishedSpan) -> Void
    ) {
        var context = context
        context.trace = trace
        self.context = context
        self.trace = trace
        self.parent = parent
        self.kind = kind
        self.start = start
        self.tell = tell
        state = Mutex(State(name: name))
    }

    public var isRecording: Bool { trace.isSampled }

    public var operationName: String {
        get { state.withLock(\.name) }
        set { state.withLock { $0.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { state.withLock(\.attributes) }
        set {
            guard isRecording, newValue.count <= RecordedSpan.mostAttributes else { return }
            state.withLock { $0.attributes = newValue }
        }
    }

    /// Sets one attribute; nil sets none.
    public func set(_ name: String, _ value: (some SpanAttributeConvertible)?) {
        guard isRecording, let value else { return }
        state.withLock { state in
            guard state.attributes.count < RecordedSpan.mostAttributes else { return }
            state.attributes.set(name, value: value.toSpanAttribute())
        }
    }

    public func setStatus(_ status: SpanStatus) { state.withLock { $0.status = status } }

    /// It failed, in one word.
    public func fail(_ type: String) {
        set("error.type", type)
        setStatus(SpanStatus(code: .error))
    }

    /// Events aren't kept: what happens has spans of its own.
    public func addEvent(_ event: SpanEvent) {}

    /// Its type alone: the text of an error may hold anything.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        fail("\(type(of: error))")
    }

    public func addLink(_ link: SpanLink) {
        guard let trace = link.context.trace else { return }
        state.withLock { $0.links.append(trace) }
    }

    /// The first end counts.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let state = state.withLock { state -> State? in
            guard !state.isOver else { return nil }
            state.isOver = true
            return state
        }
        guard let state, isRecording else { return }
        tell(
            FinishedSpan(
                trace: trace, parent: parent, name: state.name, kind: kind, start: start,
                end: max(instant().nanosecondsSinceEpoch, start), attributes: state.attributes, links: state.links,
                status: state.status))
    }
}
