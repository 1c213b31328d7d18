import Tracing
public import Wire

/// Spans as OTLP 1.x says them in JSON: ids in hexadecimal, 64-bit numbers as strings, enumerations as numbers.
public enum OTLPTraces {
    /// One `ExportTraceServiceRequest`.
    ///
    /// - Parameter resource: who speaks, such as `service.name`.
    public static func request(_ spans: [FinishedSpan], resource: [(String, String)], version: String) -> JSON {
        [
            "resourceSpans": [
                [
                    "resource": ["attributes": .array(resource.map { attribute($0.0, .string($0.1)) })],
                    "scopeSpans": [
                        [
                            "scope": ["name": "deputy", "version": .string(version)],
                            "spans": .array(spans.map(span)),
                        ]
                    ],
                ]
            ]
        ]
    }

    private static func span(_ span: FinishedSpan) -> JSON {
        var object: JSONObject = [
            "traceId": .string(span.trace.trace.description), "spanId": .string(TraceID.hex(span.trace.span)),
            "flags": .number(JSONNumber(1)), "name": .string(span.name), "kind": .number(JSONNumber(kind(span.kind))),
            "startTimeUnixNano": .string("\(span.start)"), "endTimeUnixNano": .string("\(span.end)"),
            "attributes": .array(attributes(span.attributes)),
        ]
        if span.parent != 0 { object["parentSpanId"] = .string(TraceID.hex(span.parent)) }
        if !span.links.isEmpty {
            object["links"] = .array(
                span.links.map { link in
                    ["traceId": .string(link.trace.description), "spanId": .string(TraceID.hex(link.span))]
                })
        }
        if let status = span.status { object["status"] = ["code": .number(JSONNumber(status.code == .error ? 2 : 1))] }
        return .object(object)
    }

    /// `Span.SpanKind` of OTLP.
    private static func kind(_ kind: SpanKind) -> Int {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }

    private static func attributes(_ attributes: SpanAttributes) -> [JSON] {
        var all: [(String, SpanAttribute)] = []
        attributes.forEach { all.append(($0, $1)) }
        return all.sorted { $0.0 < $1.0 }.map { attribute($0.0, $0.1) }
    }

    private static func attribute(_ key: String, _ value: SpanAttribute) -> JSON {
        ["key": .string(key), "value": self.value(value)]
    }

    private static func value(_ value: SpanAttribute) -> JSON {
        switch value {
        case .int32(let number): ["intValue": .string("\(number)")]
        case .int64(let number): ["intValue": .string("\(number)")]
        case .double(let number): ["doubleValue": JSONNumber("\(number)").map { .number($0) } ?? .string("NaN")]
        case .bool(let flag): ["boolValue": .bool(flag)]
        case .string(let text): ["stringValue": .string(String(text.prefix(RecordedSpan.longestText)))]
        case .stringArray(let texts):
            [
                "arrayValue": [
                    "values": .array(
                        texts.map { ["stringValue": .string(String($0.prefix(RecordedSpan.longestText)))] })
                ]
            ]
        // The package keeps its list open; nothing here sets any other.
        default: ["stringValue": ""]
        }
    }
}
