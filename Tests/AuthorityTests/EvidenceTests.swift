import Authority
import Testing

@Suite struct EvidenceTests {
    static let everything: [Evidence] = Generator.people.flatMap { person in
        [Evidence.Kind.approval, .window, .order].map { Evidence(kind: $0, by: person) }
    }

    @Test func `nothing lifts a denial or a need`() {
        var lifted = 0
        for sample in Sample.all.prefix(6_000) {
            let before = sample.decision
            var request = sample.request
            request.evidence = Self.everything
            let after = decide(request, sample.world.mandate)
            switch before.verdict {
            case .deny, .connect: #expect(after == before)
            case .ask: if after.verdict.name == "permit" { lifted += 1 }
            case .permit: #expect(after.verdict == before.verdict)
            }
        }
        #expect(lifted > 100, "obligations are lifted, so the evidence was good")
    }

    @Test func `evidence discharges only what names its kind and its giver`() {
        var discharged = 0
        for sample in Sample.all.prefix(2_000) {
            var request = sample.request
            request.evidence = []
            let before = decide(request, sample.world.mandate)
            guard case .ask(let open) = before.verdict else { continue }
            for evidence in Self.everything {
                request.evidence = [evidence]
                let after = decide(request, sample.world.mandate)
                #expect(after.verdict.rank >= before.verdict.rank)
                let answered = Set(open.map(NaiveFinding.init).filter { isAnswered($0, by: evidence) })
                let left = Set(open.map(NaiveFinding.init)).subtracting(answered)
                #expect(Set(after.decisive.map(NaiveFinding.init)) == left)
                #expect(Set(after.findings) == Set(before.findings))
                if !answered.isEmpty { discharged += 1 }
            }
        }
        #expect(discharged > 100)
    }

    @Test func `whoever is asked can answer`() {
        for sample in Sample.all {
            guard case .ask(let open) = sample.decision.verdict else { continue }
            var request = sample.request
            for finding in open.map(NaiveFinding.init) {
                guard let approver = finding.approvers.min() else {
                    Issue.record("nobody can agree to \(finding.rule): \(sample.world.definition) \(sample.request)")
                    continue
                }
                request.evidence.append(Evidence(kind: .approval, by: approver))
            }
            #expect(decide(request, sample.world.mandate).verdict.name == "permit")
        }
    }

    private func isAnswered(_ finding: NaiveFinding, by evidence: Evidence) -> Bool {
        finding.accepts.contains(evidence.kind) && finding.approvers.contains(evidence.by)
    }
}
