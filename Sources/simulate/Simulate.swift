import ArgumentParser
import Foundation
import Simulation

@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Runs the product in a world that a seed makes up, and says what broke.")

    @Option(help: "The first seed.")
    var seed: UInt64 = 0
    @Option(help: "How many seeds.")
    var seeds: UInt64 = 1
    @Option(help: "How many things each run begins.")
    var steps = 60
    @Option(
        help: "A mistake to plant: \(PlantedBug.allCases.map(\.rawValue).joined(separator: ", ")).",
        transform: Simulate.bug)
    var bug: PlantedBug?
    @Option(help: "Steps to leave out: 3,7.", transform: Simulate.numbers)
    var without: Set<Int> = []
    @Option(help: "The only arrivals at ports that may have a fault.", transform: Simulate.numbers)
    var faults: Set<Int>?
    @Option(help: "Go on until every fault struck so often everywhere that it can, and fail when one can't.")
    var cover: Int?
    @Option(help: "How often each that is too rare is gone for, for that.")
    var rounds: UInt64 = 200
    @Option(help: "How many runs go on at a time.")
    var workers = 4
    @Flag(help: "Tell everything that happens.")
    var story = false
    @Flag(help: "Print how often each fault struck, by port and situation.")
    var table = false
    @Flag(help: "Print a digest of each run.")
    var hashes = false

    @Flag(help: "List the mistakes that can be planted.")
    var mistakes = false

    func run() throws {
        if mistakes { return PlantedBug.allCases.forEach { print($0.rawValue) } }
        if story || hashes || faults != nil || !without.isEmpty { return try replay() }
        var soak = Soak()
        if let cover {
            for _ in 0..<rounds where soak.failures.isEmpty && soak.coverage.least < cover {
                soak.run(soak.seeds(below: cover), steps: steps, bug: bug, workers: workers)
                print("\(soak.runs) runs: \(soak.coverage.below(cover).count) faults struck less than \(cover) times")
                fflush(nil)
            }
        } else {
            soak.run(seed..<seed + seeds, steps: steps, bug: bug, workers: workers)
        }
        try report(soak)
    }

    private func report(_ soak: Soak) throws {
        if table { print(soak.coverage.table) }
        print("\(soak.runs) runs, \(soak.commits) commits, \(soak.deeds) deeds, \(FaultPoint.all.count) kinds of fault")
        for failure in soak.failures.prefix(1) {
            var options = SimulationOptions(seed: failure.seed, steps: steps)
            options.bug = bug
            guard var shrinker = Shrinker(options) else { continue }
            shrinker.shrink()
            print("seed \(failure.seed): \(shrinker.smallest.violations[0])")
            print("smallest: \(shrinker.command)")
        }
        for failure in soak.failures.dropFirst().prefix(20) {
            print("seed \(failure.seed): \(failure.violations[0])")
        }
        for point in soak.coverage.unlisted { print("unlisted: \(point)") }
        // What ended at a failure hasn't tried.
        let missing = soak.failures.isEmpty ? cover.map { soak.coverage.below($0) } ?? [] : []
        for point in missing { print("too rare: \(point)") }
        if !soak.failures.isEmpty || !soak.coverage.unlisted.isEmpty || !missing.isEmpty { throw ExitCode.failure }
    }

    private func replay() throws {
        var failed = false
        for number in seed..<seed + seeds {
            var options = SimulationOptions(seed: number, steps: steps, bug: bug)
            (options.keepsStory, options.skipped, options.allowedFaults) = (story, without, faults)
            let outcome = Simulation.run(options)
            outcome.story.forEach { print($0) }
            if hashes { print(number, outcome.hash, outcome.jobs, outcome.commits, outcome.deeds) }
            for violation in outcome.violations.prefix(5) { print("seed \(number): \(violation)") }
            failed = failed || !outcome.violations.isEmpty
        }
        if failed { throw ExitCode.failure }
    }

    private static func bug(_ name: String) throws -> PlantedBug {
        guard let bug = PlantedBug(rawValue: name) else { throw ValidationError("no mistake is called `\(name)`") }
        return bug
    }

    private static func numbers(_ text: String) throws -> Set<Int> {
        Set(
            try text.split(separator: ",").map {
                guard let number = Int($0) else { throw ValidationError("`\($0)` isn't a number") }
                return number
            })
    }
}
