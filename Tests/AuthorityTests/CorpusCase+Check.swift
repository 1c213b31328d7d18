import Authority

extension CorpusCase {
    /// Where the decision differs from what has to come of the case; empty when it doesn't.
    func differences(from decision: Decision) -> [String] {
        var differences: [String] = []
        func compare<Value: Equatable>(_ what: String, _ found: Value, _ wanted: Value) {
            if found != wanted { differences.append("\(what) is \(found) instead of \(wanted)") }
        }
        compare("verdict", decision.verdict.name, expected.verdict)
        compare("rules", names(decision.decisiveRules), names(expected.rules))
        compare("connection", decision.connection, expected.connection)
        if let principal = expected.principal { compare("principal", decision.principal, principal) }
        for finding in decision.decisive.map(NaiveFinding.init) {
            if let approvers = expected.approvers {
                compare("who agrees to \(finding.rule.rawValue)", finding.approvers.sorted(), approvers.sorted())
            }
        }
        if let isEnough = expected.isWindowEnough {
            let accepts = decision.decisive.map(NaiveFinding.init).allSatisfy { $0.accepts.contains(.window) }
            compare("whether a window is enough", accepts, isEnough)
        }
        return differences
    }

    private func names(_ rules: Set<Rule>) -> [String] { rules.map(\.rawValue).sorted() }
}
