/// Counts what happens. Never goes down.
public final class Counter: MetricSource {
    private let name: String
    private let help: String
    private let series: LabelledSeries<Int>

    /// - Parameters:
    ///   - name: ends in `_total`.
    ///   - most: how many combinations of labels are told apart.
    public init(_ name: String, _ help: String, labels: [String] = [], most: Int = 200) {
        self.name = name
        self.help = help
        series = LabelledSeries(labels: labels, most: most, empty: 0)
    }

    /// - Parameter values: of the labels, in their order.
    public func add(_ count: Int = 1, _ values: [String] = []) {
        series.change(values) { $0 += count }
    }

    public func families() -> [MetricFamily] {
        [MetricFamily(name, help, .counter, series.all().map { MetricSample(Double($0.value), $0.labels) })]
    }
}
