import Foundation
import Synchronization

/// Runs many seeds, several at a time.
public struct Soak: Sendable {
    public private(set) var coverage = Coverage()
    public private(set) var failures: [SimulationOutcome] = []
    public private(set) var runs: UInt64 = 0
    public private(set) var deeds = 0
    public private(set) var commits = 0
    /// How many seeds went for each point, by its number.
    private var rounds: [Int: UInt64] = [:]

    public init() {}

    /// The next seeds that go for what was hit less often than this: as many for each as it still needs, if each run
    /// hits it once, but not so many that what is hit on the way isn't counted. A seed comes once.
    ///
    /// - Parameter most: of how many points, taken evenly from all of them.
    public mutating func seeds(below count: Int, of most: Int = .max) -> [UInt64] {
        let rare = FaultPoint.all.indices.filter { coverage.hits[FaultPoint.all[$0], default: 0] < count }
        var seeds: [UInt64] = []
        for place in 0..<min(rare.count, most) {
            let number = rare[place * rare.count / min(rare.count, most)]
            let missing = count - coverage.hits[FaultPoint.all[number], default: 0]
            for _ in 0..<min(missing, Soak.mostAtOnce) {
                seeds.append(rounds[number, default: 0] * UInt64(FaultPoint.all.count) + UInt64(number))
                rounds[number, default: 0] += 1
            }
        }
        return seeds
    }

    private static let mostAtOnce = 4

    /// - Parameter bug: a mistake to plant.
    public mutating func run(_ seeds: Range<UInt64>, steps: Int = 60, bug: PlantedBug? = nil, workers: Int) {
        run(Array(seeds), steps: steps, bug: bug, workers: workers)
    }

    /// - Parameter bug: a mistake to plant.
    public mutating func run(_ seeds: [UInt64], steps: Int = 60, bug: PlantedBug? = nil, workers: Int) {
        let next = Mutex(0)
        let outcomes = Mutex<[SimulationOutcome]>([])
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let seed = next.withLock { next -> UInt64? in
                    guard next < seeds.count else { return nil }
                    defer { next += 1 }
                    return seeds[next]
                }
                guard let seed else { return }
                let outcome = Simulation.run(SimulationOptions(seed: seed, steps: steps, bug: bug))
                outcomes.withLock { $0.append(outcome) }
            }
        }
        for outcome in outcomes.withLock({ $0 }).sorted(by: { $0.seed < $1.seed }) { take(outcome) }
    }

    private mutating func take(_ outcome: SimulationOutcome) {
        coverage.add(outcome.coverage)
        runs += 1
        deeds += outcome.deeds
        commits += outcome.commits
        if !outcome.violations.isEmpty { failures.append(outcome) }
    }
}
