import ArgumentParser
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
    @Flag(help: "Tell everything that happens.")
    var story = false
    @Flag(help: "Print a digest of each run.")
    var hashes = false

    func run() throws {
        var coverage = Coverage()
        var failed = false
        for number in seed..<seed + seeds {
            var options = SimulationOptions(seed: number, steps: steps, bug: bug)
            options.keepsStory = story
            let outcome = Simulation.run(options)
            coverage.add(outcome.coverage)
            outcome.story.forEach { print($0) }
            if hashes { print(number, outcome.hash, outcome.jobs, outcome.commits, outcome.deeds) }
            for violation in outcome.violations.prefix(5) {
                print("seed \(number): \(violation)")
                failed = true
            }
        }
        print("least \(coverage.least), missing \(coverage.below(1).count) of \(FaultPoint.all.count)")
        for point in coverage.unlisted { print("unlisted: \(point)") }
        if failed { throw ExitCode.failure }
    }

    private static func bug(_ name: String) throws -> PlantedBug {
        guard let bug = PlantedBug(rawValue: name) else { throw ValidationError("no mistake is called `\(name)`") }
        return bug
    }
}
