import Telemetry
import Testing

struct ExpositionTests {
    @Test func `a metric has its help, its type and one line for each combination of labels`() {
        let counter = Counter("deputy_calls_total", "Calls.", labels: ["outcome", "effect"])
        counter.add(2, ["done", "read"])
        counter.add(1, ["asked", "send"])
        counter.add(1, ["done", "read"])
        #expect(
            Exposition.text(counter.families()) == """
                # HELP deputy_calls_total Calls.
                # TYPE deputy_calls_total counter
                deputy_calls_total{outcome="asked",effect="send"} 1
                deputy_calls_total{outcome="done",effect="read"} 3

                """)
    }

    @Test func `metrics stand in the order of their names, and those without values are left out`() {
        let text = Exposition.text([
            .gauge("b", "B.", 1.5), MetricFamily("empty", "E.", .gauge, []), .counter("a_total", "A.", 1),
        ])
        #expect(text.split(separator: "\n").filter { !$0.hasPrefix("#") } == ["a_total 1", "b 1.5"])
    }

    @Test func `a counter without labels is there from the start`() {
        #expect(Exposition.text(Counter("a_total", "A.").families()).hasSuffix("\na_total 0\n"))
    }

    @Test func `policy 15: what stands in a label can't become a line or a label of its own`() {
        let counter = Counter("a_total", "A\nB \\ C", labels: ["provider"])
        counter.add(1, ["x\"} 9\nevil_total 1\r\n\u{2028}\\"])
        let lines = Exposition.text(counter.families()).split(whereSeparator: \.isNewline)
        #expect(lines.count == 3)
        #expect(lines[0] == #"# HELP a_total A\nB \\ C"#)
        #expect(lines[2] == #"a_total{provider="x\"} 9\nevil_total 1 \n \\"} 1"#)
    }

    @Test(arguments: [
        (1.0, "1"), (0.5, "0.5"), (1e15, "1000000000000000"), (1e-5, "1e-05"), (.infinity, "+Inf"),
        (-.infinity, "-Inf"), (.nan, "NaN"),
    ])
    func `numbers are written as Prometheus reads them`(_ value: Double, _ text: String) {
        #expect(Exposition.text(of: value) == text)
    }
}
