import Authority
import Gate
import Ledger
import Twins

/// One run: begins actions, runs jobs between them, kills and restarts gateways, and has everything checked.
final class Stage: Sendable {
    private struct State {
        /// One in each place, whether it runs or not.
        var gateways: [Gateway] = []
        var book = ClientBook()
        var traces = 0
        var lives = 0
    }

    let options: SimulationOptions
    let universe: Universe
    let keys: VaultKeys
    let pursuit: Pursuit
    private let state = Confined(State())

    init(_ options: SimulationOptions) {
        self.options = options
        pursuit = Pursuit(
            options.bug?.pursued ?? FaultPlan.aim(of: options.seed), seed: options.seed, bug: options.bug)
        universe = Universe(
            seed: options.seed, allowed: options.allowedFaults, bug: options.bug, hasTokens: pursuit.hasTokens,
            keepsStory: options.keepsStory)
        guard let keys = try? VaultKeys() else { preconditionFailure("no key can be made") }
        self.keys = keys
        for _ in 0..<pursuit.gateways { state.gateways.append(newGateway()) }
    }

    var gateways: [Gateway] { state.gateways }

    var book: ClientBook {
        get { state.book }
        _modify { yield &state.book }
    }

    func play() -> SimulationOutcome {
        JobHook.with(universe.queue) {
            setUp()
            universe.hasFaults = true
            for step in 0..<options.steps where !options.skipped.contains(step) && universe.oracle.violations.isEmpty {
                begin(step)
                run(atMost: universe.generator.below(200))
                keepAlive()
                keepLeases()
            }
            settle()
        }
        return outcome
    }

    /// Runs jobs, and what is due on the network.
    func run(atMost count: Int) {
        for _ in 0..<count where isShared || !gateways[0].life.isOver {
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

    func newGateway() -> Gateway {
        let store = universe.disk.store
        let lease = isShared ? store.takeLease(until: universe.clock.steady.adding(seconds: Stage.lease)) : nil
        let life = Life(number: state.lives, lease: lease, epochs: store.epochs)
        state.lives += 1
        universe.began(life)
        return Gateway(universe, life, keys: keys, notBefore: universe.disk.lastLeaf)
    }

    /// A new process in this place, which takes calls when it has started.
    func start(_ place: Int) {
        let gateway = newGateway()
        state.gateways[place] = gateway
        act(.starting) { [self] in
            do {
                try await gateway.start()
            } catch {
                gateway.life.end()
                throw error
            }
            if !isShared { universe.oracle.recovered(try await universe.disk.store.openCalls()) }
            gateway.isReady.value = true
            var generator = SeededGenerator(seed: options.seed &+ UInt64(gateway.life.number), stream: "first")
            if let first = pursuit.first, universe.hasFaults { begin(first, at: gateway, &generator) }
        }
    }

    /// Begins a doing of its own.
    func act(_ doing: Trace.Doing, _ body: @escaping @Sendable () async throws -> Void) {
        state.traces += 1
        let trace = Trace(state.traces, doing)
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
        trace.onCancel { task.cancel() }
    }

    private var outcome: SimulationOutcome {
        SimulationOutcome(
            seed: options.seed, violations: universe.oracle.violations, coverage: universe.coverage,
            hash: universe.hash, story: universe.story, faults: universe.fired, jobs: universe.queue.ran,
            commits: universe.disk.store.commits, deeds: universe.provider.deeds.count)
    }
}
