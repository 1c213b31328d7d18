/// Makes a failing run smaller: fewer steps, then fewer faults, while the same thing still goes wrong.
public struct Shrinker: Sendable {
    private let invariant: Invariant
    /// The smallest that failed so far.
    public private(set) var smallest: SimulationOutcome
    public private(set) var options: SimulationOptions
    private var left: Int

    /// - Parameter tries: how many runs it may take.
    /// - Returns: nil when the run doesn't fail.
    public init?(_ options: SimulationOptions, tries: Int = 200) {
        let outcome = Simulation.run(options)
        guard let first = outcome.violations.first else { return nil }
        invariant = first.invariant
        smallest = outcome
        left = tries
        self.options = options
    }

    public mutating func shrink() {
        shorten()
        leaveOut(Array(0..<options.steps).reversed()) { $0.skipped.formUnion($1) }
        let faults = smallest.faults.map(\.arrival)
        var fewer = options
        fewer.allowedFaults = Set(faults)
        guard keeps(fewer) else { return }
        leaveOut(faults.reversed()) { $0.allowedFaults?.subtract($1) }
    }

    /// The shortest beginning that fails, by halves.
    private mutating func shorten() {
        var (passing, failing) = (0, options.steps)
        while failing - passing > 1 {
            var shorter = options
            shorter.steps = (passing + failing) / 2
            if keeps(shorter) { failing = shorter.steps } else { passing = shorter.steps }
        }
    }

    /// Takes away as many as can be, in parts that grow smaller.
    private mutating func leaveOut(_ all: [Int], _ remove: (inout SimulationOptions, [Int]) -> Void) {
        var size = max(1, all.count / 2)
        var rest = all
        while size >= 1, left > 0 {
            var kept: [Int] = []
            for start in stride(from: 0, to: rest.count, by: size) {
                let part = Array(rest[start..<min(start + size, rest.count)])
                var fewer = options
                remove(&fewer, part)
                if !keeps(fewer) { kept += part }
            }
            rest = kept
            size /= 2
        }
    }

    private mutating func keeps(_ tried: SimulationOptions) -> Bool {
        guard left > 0 else { return false }
        left -= 1
        let outcome = Simulation.run(tried)
        guard outcome.violations.contains(where: { $0.invariant == invariant }) else { return false }
        (smallest, options) = (outcome, tried)
        return true
    }

    /// The command that plays the smallest failing run again.
    public var command: String {
        var words = ["simulate --seed \(options.seed) --steps \(options.steps)"]
        if let bug = options.bug { words.append("--bug \(bug.rawValue)") }
        if !options.skipped.isEmpty { words.append("--without \(list(options.skipped))") }
        if let faults = options.allowedFaults { words.append("--faults \(faults.isEmpty ? "0" : list(faults))") }
        return words.joined(separator: " ") + " --story"
    }

    private func list(_ numbers: Set<Int>) -> String { numbers.sorted().map(String.init).joined(separator: ",") }
}
