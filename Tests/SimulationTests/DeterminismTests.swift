import Foundation
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

    /// Sets and dictionaries have another order in each process.
    @Test func `the same seeds give the same runs in other processes`() async throws {
        let (one, other) = (try await hashes(), try await hashes())
        #expect(one == other)
        #expect(one.split(separator: "\n").count == 8)
    }

    private func hashes() async throws -> String {
        let process = Process()
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let beside = folder.appendingPathComponent("simulate")
        process.executableURL =
            FileManager.default.fileExists(atPath: beside.path)
            ? beside : URL(fileURLWithPath: ".build/debug/simulate")
        process.arguments = ["--seed", "10", "--seeds", "8", "--hashes"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
