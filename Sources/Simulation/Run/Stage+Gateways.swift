import Authority
import Broker
import Gate
import Twins

/// The gateways' lives: one alone, or several that share the store.
extension Stage {
    /// How long a gateway may be silent before another takes over, in seconds.
    static let lease: Int64 = 15

    var isShared: Bool { pursuit.gateways > 1 }

    /// Whom somebody's request reaches, if anybody; it may hang.
    func gateway(_ generator: inout SeededGenerator) -> Gateway? {
        let running = gateways.filter { $0.isReady.value && !$0.life.isOver }
        return running.isEmpty ? nil : running[running.count == 1 ? 0 : generator.below(running.count)]
    }

    /// Starts anew what died: alone before anything else happens, among others whenever it comes to it.
    func keepAlive() {
        guard isShared else { return keepOneAlive() }
        for (place, gateway) in gateways.enumerated() {
            if gateway.life.isPaused, universe.generator.once(in: 3) { gateway.life.goOn() }
            guard gateway.life.isOver, universe.generator.once(in: 2) else { continue }
            bury(gateway)
            start(place)
        }
    }

    private func bury(_ gateway: Gateway) {
        universe.note("gateway \(gateway.life.number) died")
        gateway.life.writer.crash(gateway.life, in: universe)
    }

    /// As often as it takes.
    private func keepOneAlive() {
        guard gateways[0].life.isOver else { return }
        for _ in 0..<50 {
            bury(gateways[0])
            drain()
            start(0)
            drain()
            if gateways[0].isReady.value, !gateways[0].life.isOver { return }
            gateways[0].life.end()
        }
        universe.oracle.violate(.settled, "the gateway doesn't start")
    }

    /// What each gateway does by the clock: it renews its lease, and ends when others have taken over.
    func keepLeases() {
        for gateway in gateways where !gateway.life.isOver && !gateway.life.isPaused {
            guard universe.generator.below(4) != 0 else { continue }
            renew(gateway)
        }
    }

    private func renew(_ gateway: Gateway) {
        guard let lease = gateway.life.lease,
            !universe.disk.store.renewLease(of: lease, until: universe.clock.steady.adding(seconds: Stage.lease))
        else { return }
        universe.note("gateway \(gateway.life.number) lost its lease")
        gateway.life.end()
    }

    /// Alone with its store, whatever is open there is its own.
    func takeOver(at gateway: Gateway) {
        act(.takingOver) { [isShared] in
            try await gateway.gate.settle(gateway.store)
            if isShared { try await gateway.recovery.takeOver() }
        }
    }

    /// It hangs, often for longer than others wait for it.
    func pause(_ gateway: Gateway, _ generator: inout SeededGenerator) {
        gateway.life.pause()
        if generator.once(in: 2) { universe.clock.advance(microseconds: (Stage.lease + 1) * 1_000_000) }
    }

    /// It dies, or stops in order.
    func kill(_ gateway: Gateway, _ generator: inout SeededGenerator) {
        if let lease = gateway.life.lease, generator.once(in: 2) { universe.disk.store.giveBackLease(of: lease) }
        gateway.life.end()
    }

    /// Everything comes to its end without further faults.
    func settle() {
        universe.hasFaults = false
        for gateway in gateways { gateway.life.goOn() }
        drain()
        keepOneAlive()
        for _ in 0..<3 {
            universe.deliverAll()
            if isShared { settleLeases() }
            let gateway = gateways[0]
            act(.approved) { await gateway.runner.sweep() }
            drain()
            gateway.life.writer.sync(in: gateway.life, of: universe)
        }
        // What a full disk kept from being written down is told by the next start.
        for gateway in gateways {
            gateway.life.end()
            gateway.life.writer.crash(gateway.life, in: universe)
        }
        universe.clock.advance(microseconds: (Stage.lease + 1) * 1_000_000)
        keepOneAlive()
        settleTokens()
        act(.signing) { [universe] in
            try await universe.judgeTokens()
            universe.oracle.recovered(try await universe.disk.store.openCalls())
            try await universe.verifyLedgers()
        }
        drain()
        universe.oracle.atRest()
        universe.oracle.checkHistories()
    }

    /// Whatever has tokens has them renewed when time has gone on, as often as a clock that ran ahead may need.
    private func settleTokens() {
        guard universe.tokens != nil else { return }
        for _ in 0..<4 {
            universe.clock.advance(microseconds: 3 * 3_600 * 1_000_000)
            if isShared { renew(gateways[0]) }
            let keeper = gateways[0].keeper
            act(.renewing) { _ = try await keeper.renewDue() }
            drain()
        }
    }

    /// All but one die, and that one takes over when their leases have run out.
    private func settleLeases() {
        for gateway in gateways.dropFirst() where !gateway.life.isOver { gateway.life.end() }
        drain()
        universe.clock.advance(microseconds: (Stage.lease + 1) * 1_000_000)
        renew(gateways[0])
        keepOneAlive()
        takeOver(at: gateways[0])
        drain()
    }
}
