import Authority
import Testing

@Suite struct SentenceTests {
    /// The findings of all generated cases, one of each rule and each number of names.
    static let findings: [Finding] = {
        var seen: [Rule: Set<[String]>] = [:]
        var findings: [Finding] = []
        for sample in Sample.all {
            for finding in sample.decision.findings where seen[finding.rule, default: []].count < 25 {
                if seen[finding.rule, default: []].insert(finding.names).inserted { findings.append(finding) }
            }
        }
        return findings
    }()

    @Test(arguments: Rule.allCases)
    func `every finding explains itself in one plain sentence`(rule: Rule) {
        let findings = Self.findings.filter { $0.rule == rule }
        #expect(!findings.isEmpty)
        for finding in findings {
            check(finding.sentence)
            if let wayOut = finding.wayOut { check(wayOut) }
            #expect(finding.names.allSatisfy { !$0.isEmpty })
        }
    }

    private func check(_ text: String) {
        #expect(text.count > 10)
        #expect(!text.contains("``") && !text.contains("  ") && !text.contains("()"), "\(text)")
        #expect(!text.hasSuffix(".") && !text.hasSuffix(" ") && !text.hasPrefix(" "), "\(text)")
        #expect(text.split(separator: "`", omittingEmptySubsequences: false).count % 2 == 1, "\(text)")
        #expect(text.first?.isUppercase == false, "\(text)")
    }

    @Test func `a rule's name starts with its layer's`() {
        for rule in Rule.allCases {
            let layer = rule.layer.name.replacing(" ", with: "-")
            #expect(rule.rawValue.hasPrefix(layer + "."))
        }
        #expect(Layer.allCases.map(\.rawValue) == Array(1...9))
    }

    @Test func `what would tell of a tool that one may not see isn't told`() {
        let untold = Set(Rule.allCases.filter { !$0.isTold }).map(\.rawValue).sorted()
        #expect(
            untold == [
                "access.guest", "access.organization", "access.user", "credential.slot", "credential.subject-argument",
                "tool-policy.allow", "tool-policy.deny",
            ])
    }
}
