import Telemetry
import Testing

struct InstrumentTests {
    @Test func `a histogram counts what is at most a bound, with everything below it`() {
        let histogram = Histogram("a_seconds", "A.", bounds: [0.1, 1], labels: ["effect"])
        for seconds in [0.05, 0.1, 0.5, 20] { histogram.record(seconds, ["read"]) }
        let lines = Exposition.text(histogram.families()).split(separator: "\n").dropFirst(2)
        #expect(
            Array(lines) == [
                #"a_seconds_bucket{effect="read",le="0.1"} 2"#, #"a_seconds_bucket{effect="read",le="1"} 3"#,
                #"a_seconds_bucket{effect="read",le="+Inf"} 4"#, #"a_seconds_sum{effect="read"} 20.65"#,
                #"a_seconds_count{effect="read"} 4"#,
            ])
    }

    @Test func `durations are recorded in seconds`() {
        let histogram = Histogram("a_seconds", "A.", bounds: [0.01])
        histogram.record(.milliseconds(2))
        #expect(histogram.families()[0].samples.first { $0.suffix == "_sum" }?.value == 0.002)
    }

    @Test func `policy 19: names that somebody makes up can't grow what is kept`() {
        let counter = Counter("a_total", "A.", labels: ["provider", "result"], most: 3)
        for number in 0..<1000 { counter.add(1, ["p\(number)", "2xx"]) }
        counter.add(1, ["p1", "2xx"])
        let samples = counter.families()[0].samples
        #expect(samples.count == 4)
        #expect(samples.first { $0.labels[0].value == "p1" }?.value == 2)
        #expect(samples.first { $0.labels.map(\.value) == ["other", "other"] }?.value == 997)
    }

    @Test func `nothing is lost when many count at once`() async {
        let counter = Counter("a_total", "A.")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<1000 { counter.add() } } }
        }
        #expect(counter.families()[0].samples.map(\.value) == [8000])
    }

    @Test func `a scrape asks every source`() async {
        let registry = MetricRegistry()
        registry.adding(Counter("a_total", "A.")).add(3)
        registry.add { [.gauge("b", "B.", 1)] }
        #expect(await registry.families().map(\.name) == ["a_total", "b"])
    }
}
