import Authority
import Testing

/// Compares the decision with the naive evaluation over generated cases.
enum Agreement {
    struct Difference: CustomStringConvertible {
        let sample: Sample
        let decided: NaiveAnswer
        let naive: NaiveAnswer

        var description: String {
            """
            case \(sample.number):
              decided \(decided)
              naively \(naive)
              \(sample.world.definition)
              \(sample.request)
            """
        }
    }

    /// The first case in which both differ, when the naive evaluation has that fault; nil when there is none.
    static func firstDifference(fault: Fault? = nil, counting: (Decision) -> Void = { _ in }) -> Difference? {
        for sample in Sample.all {
            let decision = sample.decision
            counting(decision)
            let decided = NaiveAnswer(decision)
            let naive = sample.world.naive(sample.request, fault: fault)
            if decided != naive { return Difference(sample: sample, decided: decided, naive: naive) }
        }
        return nil
    }
}

@Suite struct AgreementTests {
    @Test func `a naive evaluation agrees on verdict, findings, principal and connection`() {
        var mix = Mix()
        let difference = Agreement.firstDifference { mix.count($0) }
        print("generated decisions, \(mix.summary)")
        #expect(difference == nil, "\(difference?.description ?? "")")
        #expect(mix.cases >= 10_000)
        #expect(mix.permits >= 0.2)
        for layer in Layer.allCases {
            #expect(mix.decisive(layer) >= 0.01, "\(layer.name) decides too rarely to be tested")
        }
        for rule in Rule.allCases {
            #expect((mix.rules[rule] ?? 0) > 0, "\(rule.rawValue) never has a say")
        }
    }

    @Test(arguments: Layer.allCases)
    func `a planted fault in any layer is found`(layer: Layer) throws {
        let difference = try #require(Agreement.firstDifference(fault: .bends(layer)), "\(layer.bentRule)")
        print("planted fault in \(layer.name), \(layer.bentRule): found at case \(difference.sample.number)")
    }

    @Test(arguments: Rule.allCases)
    func `a rule that is forgotten is missed`(rule: Rule) throws {
        let difference = try #require(Agreement.firstDifference(fault: .forgets(rule)), "\(rule.rawValue)")
        let findings = difference.decided.findings.symmetricDifference(difference.naive.findings)
        #expect(findings.allSatisfy { $0.rule == rule })
    }
}
