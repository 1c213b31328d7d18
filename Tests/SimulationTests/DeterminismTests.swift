import Foundation
import Simulation
import TestCluster
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

    /// Sets and dictionaries have another order in each process.
    @Test func `the same seeds give the same runs in other processes`() throws {
        let (one, other) = (try hashes(), try hashes())
        #expect(one == other)
        #expect(one.split(separator: "\n").count == 8)
    }

    private func hashes() throws -> String {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let beside = folder.appendingPathComponent("simulate").path
        let program = FileManager.default.fileExists(atPath: beside) ? beside : ".build/debug/simulate"
        let output = NSTemporaryDirectory() + "hashes-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: output) }
        try Spawn.run([program, "--seed", "10", "--seeds", "8", "--hashes"], output: output)
        return try String(contentsOfFile: output, encoding: .utf8)
    }
}
