public import Telemetry

/// How long providers take, and how their answers end.
public struct UpstreamInstruments: Sendable {
    let seconds: Histogram

    public init(_ registry: MetricRegistry) {
        seconds = registry.adding(
            Histogram(
                "deputy_upstream_seconds", "From a request to a provider to its whole answer.", bounds: Histogram.long,
                labels: ["provider", "result"], most: 400))
    }

    /// - Parameter result: the class of the status, `not_sent` or `unknown`.
    func record(_ provider: String, _ result: String, since start: ContinuousClock.Instant) {
        seconds.record(ContinuousClock.now - start, [provider, result])
    }
}
