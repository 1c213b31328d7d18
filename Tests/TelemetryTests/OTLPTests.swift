import Telemetry
import Testing
import Tracing
import Wire

struct OTLPTests {
    private let told = Told()

    private func request() -> JSON {
        OTLPTraces.request(told.all, resource: [("service.name", "deputy")], version: "1.0")
    }

    @Test func `a span is told as OTLP says it in JSON`() throws {
        let tracer = told.tracer()
        let parent = tracer.startSpan("request", context: .topLevel, ofKind: .server)
        let span = tracer.startSpan("call", context: parent.context, ofKind: .client)
        span.set("http.response.status_code", 200)
        span.set("deputy.provider", "notes")
        span.set("flag", true)
        span.fail("unknown")
        span.end()
        let request = request()
        let scope = try #require(request["resourceSpans"]?[0]?["scopeSpans"]?[0])
        #expect(
            request["resourceSpans"]?[0]?["resource"]?["attributes"]
                == [["key": "service.name", "value": ["stringValue": "deputy"]]])
        #expect(scope["scope"] == ["name": "deputy", "version": "1.0"])
        let told = try #require(scope["spans"]?[0])
        #expect(told["traceId"]?.stringValue == "00000000000000010000000000000002")
        #expect(told["spanId"]?.stringValue == "0000000000000004")
        #expect(told["parentSpanId"]?.stringValue == "0000000000000003")
        #expect(told["kind"]?.integerValue == 3)
        #expect(told["status"] == ["code": 2])
        #expect(told["startTimeUnixNano"]?.stringValue?.count == 19)
        #expect(
            told["attributes"] == [
                ["key": "deputy.provider", "value": ["stringValue": "notes"]],
                ["key": "error.type", "value": ["stringValue": "unknown"]],
                ["key": "flag", "value": ["boolValue": true]],
                ["key": "http.response.status_code", "value": ["intValue": "200"]],
            ])
    }

    @Test func `a span at the top has no parent, and its links are told`() throws {
        let tracer = told.tracer()
        let theirs = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let (context, link) = tracer.beginning(theirs)
        let span = tracer.startSpan("request", context: context)
        span.addLink(try #require(link))
        span.end()
        let told = try #require(request()["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?[0])
        #expect(told["parentSpanId"] == nil)
        #expect(told["status"] == nil)
        #expect(
            told["links"] == [["traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": "00f067aa0ba902b7"]])
    }

    @Test func `long texts are cut`() throws {
        let span = told.tracer().startSpan("call", context: .topLevel)
        span.set("text", String(repeating: "x", count: 10_000))
        span.end()
        let value = request()["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?[0]?["attributes"]?[0]?["value"]
        #expect(value?["stringValue"]?.stringValue?.count == 200)
    }
}
