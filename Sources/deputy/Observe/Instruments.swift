import Authority
import Egress
import FoundationEssentials
import Gate
import Gateway
import Logging
import Telemetry

/// Everything by which this process is seen: its log, what it measures, what it traces.
struct Instruments: Sendable {
    let registry = MetricRegistry()
    let sink: LogSink
    let tracer: SpanTracer?
    let exporter: TraceExport?
    let http: HTTPInstruments
    let upstream: UpstreamInstruments
    let calls: CallInstruments
    let commits: CommitInstruments
    /// What came to a channel and started nothing.
    let channels: Counter

    /// - Parameter secrets: kept out of every line.
    init(_ settings: ObserveSettings, secrets: LiveSecrets) {
        sink = LogSink(
            format: settings.format, level: settings.level,
            isForJournal: StandardError.isJournal(ProcessInfo.processInfo.environment["JOURNAL_STREAM"]),
            now: { SystemWorld.clock().microseconds }, redact: secrets.redact, write: StandardError.write)
        exporter = settings.traces.map { TraceExport($0) }
        let queue = exporter?.queue
        tracer = settings.traces.map { traces in
            SpanTracer(share: traces.share, incoming: traces.incoming) { queue?.add($0) }
        }
        http = HTTPInstruments(registry, tracer: tracer)
        upstream = UpstreamInstruments(
            registry, tracer: tracer, tellsProviders: settings.traces?.tellsProviders ?? false)
        calls = CallInstruments(registry, tracer: tracer, log: sink.logger("calls"))
        commits = CommitInstruments(registry)
        channels = registry.adding(
            Counter(
                "deputy_channel_refusals_total", "What came to a channel and started nothing, by channel and reason.",
                labels: ["channel", "reason"]))
        if let queue { registry.adding(queue) }
        registry.add { ProcessReader.read()?.families ?? [] }
        registry.add {
            [
                MetricFamily(
                    "deputy_build_info", "The version that runs.", .gauge,
                    [MetricSample(1, [MetricLabel("version", Version.text)])])
            ]
        }
    }
}
