import Simulation
import Testing

@Suite struct DeterminismTests {
    @Test(arguments: [1, 2, 3])
    func `the same seed gives the same run`(seed: UInt64) {
        let (one, other) = (
            Simulation.run(SimulationOptions(seed: seed)), Simulation.run(SimulationOptions(seed: seed))
        )
        #expect(one.hash == other.hash && one.jobs == other.jobs)
        #expect(one.violations == other.violations)
    }

    @Test func `another seed gives another run`() {
        #expect(Simulation.run(SimulationOptions(seed: 1)).hash != Simulation.run(SimulationOptions(seed: 2)).hash)
    }
}
