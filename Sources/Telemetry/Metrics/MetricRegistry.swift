import Synchronization

/// All that a scrape shows.
public final class MetricRegistry: Sendable {
    private let sources = Mutex<[any MetricSource]>([])

    public init() {}

    /// Adds a source, and gives it back.
    @discardableResult
    public func adding<Source: MetricSource>(_ source: Source) -> Source {
        sources.withLock { $0.append(source) }
        return source
    }

    /// Asks the source at each scrape.
    public func add(_ families: @escaping @Sendable () async -> [MetricFamily]) {
        adding(AskedSource(ask: families))
    }

    /// Everything as it stands now.
    public func families() async -> [MetricFamily] {
        var families: [MetricFamily] = []
        for source in sources.withLock({ $0 }) { families += await source.families() }
        return families
    }
}

private struct AskedSource: MetricSource {
    let ask: @Sendable () async -> [MetricFamily]

    func families() async -> [MetricFamily] { await ask() }
}
