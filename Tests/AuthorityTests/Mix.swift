import Authority

/// What a generated run consisted of. A run that permits nothing, or in which a layer never decides, shows nothing.
struct Mix {
    private(set) var cases = 0
    private(set) var verdicts: [String: Int] = [:]
    private(set) var layers: [Layer: Int] = [:]
    private(set) var rules: [Rule: Int] = [:]

    mutating func count(_ decision: Decision) {
        cases += 1
        verdicts[decision.verdict.name, default: 0] += 1
        for layer in Set(decision.decisive.map(\.layer)) { layers[layer, default: 0] += 1 }
        for rule in Set(decision.findings.map(\.rule)) { rules[rule, default: 0] += 1 }
    }

    /// The share of permits.
    var permits: Double { share(verdicts["permit"] ?? 0) }

    /// The share of cases in which a finding of the layer is among those that made the verdict.
    func decisive(_ layer: Layer) -> Double { share(layers[layer] ?? 0) }

    private func share(_ count: Int) -> Double { cases == 0 ? 0 : Double(count) / Double(cases) }

    private func percent(_ count: Int) -> String {
        let tenths = cases == 0 ? 0 : (count * 1000 + cases / 2) / cases
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// For the log of the run.
    var summary: String {
        let verdicts = ["permit", "ask", "connect", "deny"].map { "\($0) \(percent(self.verdicts[$0] ?? 0))" }
        let layers = Layer.allCases.map { "\($0.name) \(percent(self.layers[$0] ?? 0))" }
        let rarest = Rule.allCases.min { (rules[$0] ?? 0) < (rules[$1] ?? 0) }
        return """
            \(cases) cases: \(verdicts.joined(separator: ", "))
              decisive: \(layers.joined(separator: ", "))
              rarest rule: \(rarest.map { "\($0.rawValue) in \(rules[$0] ?? 0)" } ?? "none")
            """
    }
}
