/// How often values fell between fixed bounds.
public final class Histogram: MetricSource {
    private struct Bins {
        /// One for each bound, and the last for what is above them all. Not cumulative here.
        var counts: [Int]
        var sum = 0.0
    }

    private let name: String
    private let help: String
    private let bounds: [Double]
    private let series: LabelledSeries<Bins>

    /// - Parameters:
    ///   - bounds: the upper ends of the buckets, ascending.
    ///   - most: how many combinations of labels are told apart.
    public init(_ name: String, _ help: String, bounds: [Double], labels: [String] = [], most: Int = 100) {
        precondition(bounds == bounds.sorted(), "bounds ascend")
        self.name = name
        self.help = help
        self.bounds = bounds
        series = LabelledSeries(
            labels: labels, most: most, empty: Bins(counts: [Int](repeating: 0, count: bounds.count + 1)))
    }

    public func record(_ value: Double, _ values: [String] = []) {
        let bin = bounds.firstIndex { value <= $0 } ?? bounds.count
        series.change(values) {
            $0.counts[bin] += 1
            $0.sum += value
        }
    }

    /// In seconds.
    public func record(_ duration: Duration, _ values: [String] = []) { record(duration.inSeconds, values) }

    public func families() -> [MetricFamily] {
        let samples = series.all().flatMap { labels, bins -> [MetricSample] in
            var below = 0
            let buckets = zip(bounds + [.infinity], bins.counts).map { bound, count in
                below += count
                return MetricSample(
                    Double(below), labels + [MetricLabel("le", Exposition.text(of: bound))], suffix: "_bucket")
            }
            return buckets + [
                MetricSample(bins.sum, labels, suffix: "_sum"), MetricSample(Double(below), labels, suffix: "_count"),
            ]
        }
        return [MetricFamily(name, help, .histogram, samples)]
    }
}

extension Histogram {
    /// Seconds of what happens in memory or takes one disk sync: 10 µs to 1 s.
    public static let short = [
        0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
        1,
    ]
    /// Seconds of what waits for others: 1 ms to 60 s.
    public static let long = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
    /// Numbers of things: 1 to 1024.
    public static let sizes = [1.0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
}

extension Duration {
    public var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
