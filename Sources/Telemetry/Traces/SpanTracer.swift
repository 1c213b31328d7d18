public import Tracing

/// What becomes of a `traceparent` that a client sends. Clients aren't trusted to choose what we record.
public enum IncomingTraces: String, Sendable, CaseIterable {
    /// A trace of our own, linked to theirs.
    case link
    /// Their trace goes on in ours, and is recorded where they record it.
    case parent
    /// As if it hadn't come.
    case ignore
}

/// Makes spans. One that begins a trace is sampled by chance, every other as the one above it.
public final class SpanTracer: Tracer {
    public let incoming: IncomingTraces
    private let threshold: UInt64
    private let newID: @Sendable () -> UInt64
    private let tell: @Sendable (FinishedSpan) -> Void

    /// - Parameters:
    ///   - share: of the traces that begin here, how many are recorded: 0 to 1.
    ///   - newID: 64 bits by chance.
    ///   - tell: takes a span that has ended. It returns at once.
    public init(
        share: Double = 1, incoming: IncomingTraces = .link,
        newID: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 1...UInt64.max) },
        tell: @escaping @Sendable (FinishedSpan) -> Void
    ) {
        self.incoming = incoming
        self.newID = newID
        self.tell = tell
        // The lowest 63 bits, as OpenTelemetry's own samplers compare them.
        threshold = share >= 1 ? .max : share <= 0 ? 0 : UInt64(share * Double(UInt64(1) << 63))
    }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> RecordedSpan {
        let context = context()
        return span(operationName, kind, in: context, start: instant().nanosecondsSinceEpoch)
    }

    /// A span of what was measured already. Nothing happens where nothing is being traced.
    public func record(
        _ name: String, from start: ContinuousClock.Instant, to end: ContinuousClock.Instant,
        _ attributes: SpanAttributes = [:]
    ) {
        guard let context = InstrumentationContext.current, context.trace?.isSampled == true else { return }
        let now = (DefaultTracerClock.now.nanosecondsSinceEpoch, ContinuousClock.now)
        let span = span(name, .internal, in: context, start: now.0 &- (now.1 - start).nanoseconds)
        span.attributes = attributes
        span.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: now.0 &- (now.1 - end).nanoseconds))
    }

    private func span(
        _ name: String, _ kind: SpanKind, in context: InstrumentationContext, start: UInt64
    ) -> RecordedSpan {
        let trace: TraceContext
        if let above = context.trace {
            trace = TraceContext(trace: above.trace, span: newID(), isSampled: above.isSampled)
        } else {
            let id = TraceID(high: newID(), low: newID())
            trace = TraceContext(trace: id, span: newID(), isSampled: id.low & (UInt64.max >> 1) < threshold)
        }
        return RecordedSpan(
            name, kind, at: trace, under: context.trace?.span ?? 0, in: context, start: start, tell: tell)
    }

    public func activeSpan(identifiedBy context: InstrumentationContext) -> RecordedSpan? { nil }

    public func forceFlush() {}
}

extension SpanTracer {
    /// Where a request begins that brought this `traceparent`, or none.
    public func beginning(_ traceparent: String?) -> (context: InstrumentationContext, link: SpanLink?) {
        let nowhere = InstrumentationContext.topLevel
        guard let theirs = traceparent.flatMap(TraceContext.init(traceparent:)) else { return (nowhere, nil) }
        var context = nowhere
        context.trace = theirs
        switch incoming {
        case .ignore: return (nowhere, nil)
        case .link: return (nowhere, SpanLink(context: context, attributes: [:]))
        case .parent: return (context, nil)
        }
    }

    public func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.traceparent, forKey: "traceparent", into: &carrier)
    }

    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        context = beginning(extractor.extract(key: "traceparent", from: carrier)).context
    }
}

extension Duration {
    /// 0 for a negative one.
    fileprivate var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        return seconds < 0 || attoseconds < 0
            ? 0 : UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
