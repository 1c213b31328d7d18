import Synchronization

/// The values of one metric by its labels. There are never more series than `most`: what comes after them is counted
/// together, with every label `other`, so that no name that somebody chooses can grow the memory or a scrape.
final class LabelledSeries<Value: Sendable>: Sendable {
    let labels: [String]
    private let most: Int
    private let empty: Value
    private let series = Mutex<[[String]: Value]>([:])

    init(labels: [String], most: Int, empty: Value) {
        self.labels = labels
        self.most = most
        self.empty = empty
    }

    /// - Parameter values: as many as there are labels, in their order.
    func change(_ values: [String], _ change: (inout Value) -> Void) {
        precondition(values.count == labels.count, "a metric has one value for each label")
        series.withLock { series in
            let isKnown = series[values] != nil
            let key = isKnown || series.count < most ? values : values.map { _ in "other" }
            change(&series[key, default: empty])
        }
    }

    /// In the order of their labels, so that two scrapes compare.
    func all() -> [(labels: [MetricLabel], value: Value)] {
        let series = series.withLock { $0 }
        return series.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, value in
            (zip(labels, key).map { MetricLabel($0, $1) }, value)
        }
    }
}
