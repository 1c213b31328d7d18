public import Tracing
import Wire

/// Where in a trace something happens, as W3C Trace Context (level 1) hands it on. `tracestate` isn't kept: it is for
/// those who pass traces on, and nothing here does unless it is told to.
public struct TraceContext: Sendable, Hashable {
    public let trace: TraceID
    /// Not 0.
    public let span: UInt64
    public let isSampled: Bool

    public init(trace: TraceID, span: UInt64, isSampled: Bool) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
    }

    /// Reads a `traceparent`; nil when it isn't one, which is then as if it hadn't come.
    public init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, let version = TraceContext.hex(parts[0], 2), version != 0xFF,
            // The first version has these four parts and no more; later ones may have more.
            version != 0 || parts.count == 4,
            parts[1].utf8.count == 32, let high = TraceContext.hex(parts[1].prefix(16), 16),
            let low = TraceContext.hex(parts[1].dropFirst(16), 16), let span = TraceContext.hex(parts[2], 16),
            let flags = TraceContext.hex(parts[3], 2), high != 0 || low != 0, span != 0
        else { return nil }
        self.init(trace: TraceID(high: high, low: low), span: span, isSampled: flags & 1 == 1)
    }

    public var traceparent: String { "00-\(trace)-\(TraceID.hex(span))-\(isSampled ? "01" : "00")" }

    /// Lower-case digits alone, exactly so many.
    private static func hex(_ text: some StringProtocol, _ count: Int) -> UInt64? {
        guard text.utf8.count == count,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        return UInt64(text, radix: 16)
    }
}

/// 16 bytes, not all 0.
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String { TraceID.hex(high) + TraceID.hex(low) }

    static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

private enum TraceContextKey: InstrumentationContextKey {
    typealias Value = TraceContext
    static let nameOverride: String? = "trace"
}

extension InstrumentationContext {
    /// Where in a trace this task is; nil outside of any.
    public var trace: TraceContext? {
        get { self[TraceContextKey.self] }
        set { self[TraceContextKey.self] = newValue }
    }
}
