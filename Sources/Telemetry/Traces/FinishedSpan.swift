public import Tracing

/// A span that has ended and is sampled, ready to be told.
public struct FinishedSpan: Sendable {
    public let trace: TraceContext
    /// 0 at the top of a trace.
    public let parent: UInt64
    public let name: String
    public let kind: SpanKind
    /// Nanoseconds since 1970.
    public let start: UInt64
    public let end: UInt64
    public let attributes: SpanAttributes
    public let links: [TraceContext]
    public let status: SpanStatus?
}
