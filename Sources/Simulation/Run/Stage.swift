import Authority
import Gate
import Ledger
import Twins

/// One run: begins actions, runs jobs between them, kills and restarts the gateway, and has everything checked.
final class Stage: @unchecked Sendable {
    let options: SimulationOptions
    let universe: Universe
    let keys: VaultKeys
    var gateway: Gateway
    var book = ClientBook()
    var traces = 0
    let pursuit: Pursuit
    private var lives = 0

    init(_ options: SimulationOptions) {
        self.options = options
        pursuit = Pursuit(FaultPlan.aim(of: options.seed))
        universe = Universe(
            seed: options.seed, allowed: options.allowedFaults, bug: options.bug, keepsStory: options.keepsStory)
        guard let keys = try? VaultKeys() else { preconditionFailure("no key can be made") }
        self.keys = keys
        gateway = Gateway(universe, Life(number: 0), keys: keys, notBefore: Timestamp(microseconds: 0))
    }

    func play() -> SimulationOutcome {
        JobHook.with(universe.queue) {
            setUp()
            universe.plan.isOn = true
            for step in 0..<options.steps where !options.skipped.contains(step) && universe.oracle.violations.isEmpty {
                begin(step)
                run(atMost: universe.generator.below(200))
                keepAlive()
            }
            settle()
        }
        return outcome
    }

    /// Runs jobs, and what is due on the network.
    func run(atMost count: Int) {
        for _ in 0..<count where !gateway.life.isOver {
            universe.clock.advance(microseconds: 200)
            universe.deliverDue()
            if !universe.queue.runOne() { return }
        }
    }

    /// Runs everything that can run.
    func drain() {
        for _ in 0..<Stage.restless {
            if !universe.queue.runOne() { return }
        }
        universe.oracle.violate(.settled, "it doesn't come to rest")
    }

    private static let restless = 2_000_000

    /// Starts the gateway anew when it died, as often as it takes.
    func keepAlive() {
        guard gateway.life.isOver else { return }
        for _ in 0..<50 {
            universe.note("the gateway died")
            universe.disk.crash(in: universe)
            drain()
            guard start() else { continue }
            var generator = SeededGenerator(seed: options.seed &+ UInt64(lives), stream: "first")
            if let first = pursuit.first { begin(first, &generator) }
            return
        }
        universe.oracle.violate(.settled, "the gateway doesn't start")
    }

    private func start() -> Bool {
        lives += 1
        let life = Life(number: lives)
        let store = universe.disk.store
        gateway = Gateway(universe, life, keys: keys, notBefore: universe.disk.lastLeaf)
        let begun = Flag()
        act(.starting) { [gateway] in
            try await gateway.start()
            begun.isSet = true
            self.universe.oracle.recovered(try await store.openCalls())
        }
        drain()
        if begun.isSet, !life.isOver { return true }
        life.end()
        return false
    }

    /// Begins a doing of its own.
    func act(_ doing: Trace.Doing, _ body: @escaping @Sendable () async throws -> Void) {
        traces += 1
        let trace = Trace(traces, doing)
        let universe = universe
        let task = Task {
            await Trace.$current.withValue(trace) {
                do {
                    try await body()
                } catch {
                    universe.note("\(trace.number) \(doing.rawValue) failed")
                }
            }
        }
        trace.cancel = { task.cancel() }
    }

    /// Everything comes to its end without further faults.
    private func settle() {
        universe.plan.isOn = false
        drain()
        keepAlive()
        for _ in 0..<3 {
            universe.deliverAll()
            act(.approved) { [gateway] in await gateway.runner.sweep() }
            drain()
            universe.disk.sync(in: gateway.life, of: universe)
        }
        // What a full disk kept from being written down is told by the next start.
        gateway.life.end()
        keepAlive()
        act(.signing) { [universe] in try await universe.verifyLedgers() }
        drain()
        universe.oracle.atRest()
        universe.oracle.checkHistories()
    }

    private var outcome: SimulationOutcome {
        SimulationOutcome(
            seed: options.seed, violations: universe.oracle.violations, coverage: universe.coverage,
            hash: universe.hash, story: universe.story, faults: universe.plan.fired, jobs: universe.queue.ran,
            commits: universe.disk.store.commits, deeds: universe.provider.deeds.count)
    }
}

/// Set by a task, read by whoever began it.
final class Flag: @unchecked Sendable {
    var isSet = false
}
