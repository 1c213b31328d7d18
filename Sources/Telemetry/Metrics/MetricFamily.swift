/// One metric as it stands at one moment: what a scrape shows of it.
public struct MetricFamily: Sendable, Hashable {
    public enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`; counters end in `_total`, units stand in the name.
    public let name: String
    /// One sentence.
    public let help: String
    public let kind: Kind
    public let samples: [MetricSample]

    public init(_ name: String, _ help: String, _ kind: Kind, _ samples: [MetricSample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }

    /// A gauge without labels.
    public static func gauge(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
        MetricFamily(name, help, .gauge, [MetricSample(value)])
    }

    /// A gauge with one label.
    public static func labelled(
        _ name: String, _ help: String, _ label: String, _ values: [(String, Double)]
    ) -> MetricFamily {
        MetricFamily(name, help, .gauge, values.map { MetricSample($0.1, [MetricLabel(label, $0.0)]) })
    }

    /// A counter without labels.
    public static func counter(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
        MetricFamily(name, help, .counter, [MetricSample(value)])
    }
}

/// One number of a metric.
public struct MetricSample: Sendable, Hashable {
    /// What follows the metric's name: `_bucket`, `_sum` and `_count` of a histogram, else nothing.
    public let suffix: String
    public let labels: [MetricLabel]
    public let value: Double

    public init(_ value: Double, _ labels: [MetricLabel] = [], suffix: String = "") {
        self.suffix = suffix
        self.labels = labels
        self.value = value
    }
}

public struct MetricLabel: Sendable, Hashable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Something that a scrape asks.
public protocol MetricSource: Sendable {
    /// What it knows now. What can't be read is left out.
    func families() async -> [MetricFamily]
}
