import Egress
import ServiceLifecycle
import Telemetry

/// Tells spans to the collector until the gateway stops, and then once more.
struct TraceExport: Service, CustomStringConvertible {
    let queue = SpanQueue()
    let description = "traces"
    private let client: CollectorClient
    private let exporter: SpanExporter

    init(_ settings: TraceSettings) {
        let client = CollectorClient(
            url: settings.url, headers: settings.headers, userAgent: "deputy/\(Version.text)")
        self.client = client
        exporter = SpanExporter(
            queue, resource: [("service.name", settings.serviceName), ("service.version", Version.text)],
            version: Version.text, send: client.send)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await exporter.run() }
    }

    /// The last spans. A collector that doesn't answer holds nobody up for long.
    func finish() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await exporter.flushOnce() }
            group.addTask { try? await Task.sleep(for: .seconds(2)) }
            await group.next()
            group.cancelAll()
        }
        try? await client.shutdown()
    }
}
