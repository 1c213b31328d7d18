import Simulation
import Testing

@Suite(.serialized) struct ShortRunTests {
    @Test func `nothing that must never happen happens in any of the first runs`() {
        var soak = Soak()
        for _ in 0..<14 { soak.run(soak.seeds(below: 1, of: 20), workers: 4) }
        for failure in soak.failures { Issue.record("seed \(failure.seed): \(failure.violations)") }
        #expect(soak.coverage.unlisted.isEmpty)
        let struck = FaultPoint.all.count - soak.coverage.below(1).count
        #expect(struck * 10 >= FaultPoint.all.count * 7, "\(struck) of \(FaultPoint.all.count) kinds of fault struck")
        #expect(soak.deeds > 300)
    }

    @Test(arguments: PlantedBug.allCases)
    func `a planted mistake is found`(bug: PlantedBug) {
        var soak = Soak()
        var first: UInt64 = 0
        while soak.failures.isEmpty, first < 400 {
            soak.run(first..<first + 8, bug: bug, workers: 4)
            first += 8
        }
        #expect(soak.failures.contains { bug.shows.contains($0.violations[0].invariant) }, "\(first) seeds")
    }

    @Test func `a failing run is made smaller and still fails alike`() throws {
        var soak = Soak()
        soak.run(0..<20, bug: .answerBeforeOutcome, workers: 4)
        let failure = try #require(soak.failures.first)
        var shrinker = try #require(
            Shrinker(SimulationOptions(seed: failure.seed, bug: .answerBeforeOutcome), tries: 40))
        shrinker.shrink()
        #expect(shrinker.smallest.violations.contains { $0.invariant == failure.violations[0].invariant })
        #expect(shrinker.options.steps - shrinker.options.skipped.count < 60)
        #expect(shrinker.command.contains("--seed \(failure.seed) "))
        let again = Simulation.run(shrinker.options)
        #expect(again.hash == shrinker.smallest.hash)
    }
}

extension PlantedBug {
    /// By what it is seen.
    fileprivate var shows: Set<Invariant> {
        switch self {
        case .approvalOutsideCommit: [.approvalOnce, .linear]
        case .answerBeforeOutcome: [.outcomeFirst, .labelsFirst, .oneOutcome, .recovered]
        case .epochBeforeCommit: [.permitted]
        case .leaseBeforeCommit: [.fenced, .oneOutcome]
        case .retryOfUnknown: [.oneSending]
        case .labelsAfterAnswer: [.labelsFirst, .permitted]
        case .budgetBeforeCommit: [.budget]
        case .tornTransaction: [.oneOutcome, .recovered, .permitted, .identical]
        case .otherCredential, .ownerNotInKey: [.subject]
        case .tokenBeforeCommit: [.tokenFirst]
        case .renewalLeaseIgnored: [.oneRenewal, .reuse, .storm]
        case .generationNotCompared: [.reuse, .storm]
        case .attemptForgotten: [.reuse]
        }
    }
}
