public import Telemetry

/// How long providers take, and how their answers end.
public struct UpstreamInstruments: Sendable {
    let seconds: Histogram
    let tracer: SpanTracer?
    /// Whether providers are told where in a trace a request is. Off unless somebody wants it: it tells them which of
    /// their requests belong together.
    let tellsProviders: Bool

    /// - Parameter tracer: nil where nothing is traced.
    public init(_ registry: MetricRegistry, tracer: SpanTracer? = nil, tellsProviders: Bool = false) {
        seconds = registry.adding(
            Histogram(
                "deputy_upstream_seconds", "From a request to a provider to its whole answer.", bounds: Histogram.long,
                labels: ["provider", "result"], most: 400))
        self.tracer = tracer
        self.tellsProviders = tellsProviders
    }

    /// - Parameter result: the class of the status, `not_sent` or `unknown`.
    func record(_ provider: String, _ result: String, since start: ContinuousClock.Instant) {
        seconds.record(ContinuousClock.now - start, [provider, result])
    }
}
