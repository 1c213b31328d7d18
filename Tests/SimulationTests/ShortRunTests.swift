import Simulation
import Testing

@Suite struct ShortRunTests {
    @Test func `nothing that must never happen happens in any of the first runs`() {
        var coverage = Coverage()
        for seed in 0..<20 as Range<UInt64> {
            let outcome = Simulation.run(SimulationOptions(seed: seed))
            #expect(outcome.violations.isEmpty, "seed \(seed): \(outcome.violations)")
            coverage.add(outcome.coverage)
        }
        #expect(coverage.unlisted.isEmpty)
        #expect(coverage.below(1).count < FaultPoint.all.count * 9 / 10)
    }
}
