/// One run, from its seed. The same options give the same run in any process.
public struct SimulationOptions: Sendable {
    public var seed: UInt64
    /// How many things are begun.
    public var steps: Int
    public var bug: PlantedBug?
    /// Steps that are left out.
    public var skipped: Set<Int> = []
    /// The arrivals at ports that may have a fault; nil for all.
    public var allowedFaults: Set<Int>?
    public var keepsStory = false

    public init(seed: UInt64, steps: Int = 60, bug: PlantedBug? = nil) {
        self.seed = seed
        self.steps = steps
        self.bug = bug
    }
}

/// What a run came to.
public struct SimulationOutcome: Sendable {
    public let seed: UInt64
    public let violations: [Violation]
    public let coverage: Coverage
    /// Over everything that happened.
    public let hash: TraceHash
    public let story: [String]
    /// The arrivals that had a fault, with it.
    public let faults: [(arrival: Int, point: FaultPoint)]
    public let jobs: Int
    public let commits: Int
    public let deeds: Int
}
