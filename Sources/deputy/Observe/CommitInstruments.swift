import Telemetry

/// How many transactions share a durable commit, and what it takes.
struct CommitInstruments: Sendable {
    private let sizes: Histogram
    private let seconds: Histogram

    init(_ registry: MetricRegistry) {
        sizes = registry.adding(
            Histogram("deputy_commit_group_size", "Transactions of one durable commit.", bounds: Histogram.sizes))
        seconds = registry.adding(
            Histogram("deputy_commit_seconds", "What one durable commit takes.", bounds: Histogram.short))
    }

    func record(_ count: Int, _ duration: Duration) {
        sizes.record(Double(count))
        seconds.record(duration)
    }
}
