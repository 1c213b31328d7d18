import Foundation

/// Runs many seeds, several at a time.
public struct Soak: Sendable {
    public private(set) var coverage = Coverage()
    public private(set) var failures: [SimulationOutcome] = []
    public private(set) var runs: UInt64 = 0
    public private(set) var deeds = 0
    public private(set) var commits = 0

    public init() {}

    /// The next seeds of this round that go for what was hit less often than this.
    public func seeds(below count: Int, round: UInt64) -> [UInt64] {
        let missing = Set(coverage.below(count))
        return FaultPoint.all.indices.filter { missing.contains(FaultPoint.all[$0]) }.map {
            round * UInt64(FaultPoint.all.count) + UInt64($0)
        }
    }

    /// - Parameter bug: a mistake to plant.
    public mutating func run(_ seeds: Range<UInt64>, steps: Int = 60, bug: PlantedBug? = nil, workers: Int) {
        run(Array(seeds), steps: steps, bug: bug, workers: workers)
    }

    /// - Parameter bug: a mistake to plant.
    public mutating func run(_ seeds: [UInt64], steps: Int = 60, bug: PlantedBug? = nil, workers: Int) {
        final class Results: @unchecked Sendable {
            let lock = NSLock()
            var next = 0
            var outcomes: [SimulationOutcome] = []
        }
        let results = Results()
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let seed = results.lock.withLock { () -> UInt64? in
                    guard results.next < seeds.count else { return nil }
                    defer { results.next += 1 }
                    return seeds[results.next]
                }
                guard let seed else { return }
                let outcome = Simulation.run(SimulationOptions(seed: seed, steps: steps, bug: bug))
                results.lock.withLock { results.outcomes.append(outcome) }
            }
        }
        for outcome in results.outcomes.sorted(by: { $0.seed < $1.seed }) { take(outcome) }
    }

    private mutating func take(_ outcome: SimulationOutcome) {
        coverage.add(outcome.coverage)
        runs += 1
        deeds += outcome.deeds
        commits += outcome.commits
        if !outcome.violations.isEmpty { failures.append(outcome) }
    }
}
