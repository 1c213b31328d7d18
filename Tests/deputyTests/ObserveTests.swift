import Testing

@testable import deputy

struct ObserveTests {
    @Test func `the collector comes from OpenTelemetry's own variables`() throws {
        let whole = try TraceEnvironment(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318/"])
        #expect(whole.endpoint == "http://127.0.0.1:4318/v1/traces")
        #expect(whole.serviceName == "deputy")
        let named = try TraceEnvironment([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://collector.example/in", "OTEL_SERVICE_NAME": "gateway",
        ])
        #expect(named.endpoint == "https://collector.example/in")
        #expect(named.serviceName == "gateway")
        #expect(try TraceEnvironment(["OTEL_EXPORTER_OTLP_ENDPOINT": ""]).endpoint == nil)
    }

    @Test func `headers are percent-decoded, and those for traces go before`() throws {
        let both = try TraceEnvironment([
            "OTEL_EXPORTER_OTLP_HEADERS": "x-other=1",
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "authorization=Bearer%20abc, x-tenant=a=b",
        ])
        #expect(both.headers.map(\.0) == ["authorization", "x-tenant"])
        #expect(both.headers.map(\.1) == ["Bearer abc", "a=b"])
    }

    @Test(arguments: ["s3cret", "a b=s3cret", "a=s3cret%0D%0Ax: y", "=s3cret"])
    func `headers that can't be are refused, and their values aren't repeated`(_ text: String) {
        let failure = #expect(throws: CommandFailure.self) {
            try TraceEnvironment(["OTEL_EXPORTER_OTLP_HEADERS": text])
        }
        #expect(failure?.message.contains("s3cret") == false)
    }

    @Test(arguments: [
        "127.0.0.1:4318", "ftp://x", "http://", "http:///x", "http://user@host", "http://a b", "http://x#y",
    ])
    func `what isn't the address of a collector is refused`(_ text: String) {
        #expect(throws: CommandFailure.self) { try TraceEnvironment.url(text, "--otlp-endpoint") }
    }

    @Test(arguments: [
        ("127.0.0.1:9464", "127.0.0.1", true), ("[::1]:9464", "::1", true), ("localhost:9464", "localhost", true),
        ("0.0.0.0:9464", "0.0.0.0", false), ("10.0.0.1:9464", "10.0.0.1", false),
    ])
    func `an address for metrics has a host and a port`(_ text: String, _ host: String, _ isLoopback: Bool) throws {
        let address = try #require(MetricsAddress(argument: text))
        #expect(address.host == host)
        #expect(address.port == 9464)
        #expect(address.isLoopback == isLoopback)
    }

    @Test(arguments: ["", "9464", ":9464", "127.0.0.1:", "127.0.0.1:70000", "127.evil.example:9464x"])
    func `what isn't one is none`(_ text: String) {
        #expect(MetricsAddress(argument: text) == nil)
    }

    @Test func `a name that begins like this machine isn't this machine`() throws {
        #expect(try #require(MetricsAddress(argument: "127.evil.example:9464")).isLoopback == false)
    }
}
