import Ledger
import Testing
import Wire

/// What heartbeats show, over trees that are otherwise whole.
struct PulseTests {
    /// Writes heartbeats and calls of gateways; times are in seconds.
    private struct Writer {
        var ledger: SampleLedger

        init() throws {
            ledger = SampleLedger(
                key: try LedgerSigningKey(name: SampleLedger.origin, seed: [UInt8](repeating: 7, count: 32)))
        }

        mutating func beat(
            _ phase: Heartbeat.Phase, _ number: Int64, at time: Int64, uptime: Int64? = nil, gateway: String = "g1",
            size: Int64? = nil, decisions: Int64 = 0, outcomes: Int64 = 0, crashed: [String] = []
        ) throws {
            var counted = HeartbeatCounts()
            (counted.deny, counted.outcomes) = (decisions, outcomes)
            let beat = Heartbeat(
                phase: phase, gateway: gateway, number: number, uptime: (uptime ?? time) * 1_000_000, interval: 60,
                size: size ?? ledger.tree.size, counted: counted, crashed: crashed)
            let leaf = try beat.leaf(at: time * 1_000_000)
            ledger.append(
                leaf.bytes(at: ledger.tree.size, previous: (ledger.hashes.last ?? nil) ?? .none, notBefore: 0))
        }

        mutating func denial(at time: Int64) throws {
            try ledger.append(.decision, ["call": "c", "verdict": "deny"], time: time * 1_000_000)
        }

        func silences() throws -> [LedgerSilence.Cause] { try ledger.verify().silences.map(\.cause) }
    }

    @Test func `a gateway that starts, beats and stops is never silent`() throws {
        var writer = try Writer()
        try writer.beat(.started, 0, at: 0)
        for number in 1...5 { try writer.beat(.beat, Int64(number), at: Int64(number) * 60) }
        try writer.beat(.stopped, 6, at: 310)
        try writer.beat(.started, 0, at: 90_000, uptime: 0, gateway: "g2")
        let report = try writer.ledger.verify()
        #expect(report.silences.isEmpty)
        #expect(report.running.map(\.gateway) == ["g2"])
        #expect(!report.running[0].isOverdue(at: 90_100 * 1_000_000))
        #expect(report.running[0].isOverdue(at: 90_131 * 1_000_000))
    }

    @Test func `a gap is found, with the times between which it is`() throws {
        var writer = try Writer()
        try writer.beat(.started, 0, at: 0)
        try writer.beat(.beat, 1, at: 60)
        try writer.beat(.beat, 2, at: 191)
        let silence = try #require(try writer.ledger.verify().silences.first)
        #expect(silence.cause == .silent)
        #expect((silence.from, silence.until, silence.position) == (60_000_000, 191_000_000, 2))
    }

    @Test func `a crash is told by the next start, and isn't explained by it`() throws {
        var writer = try Writer()
        try writer.beat(.started, 0, at: 0)
        try writer.beat(.started, 0, at: 30, uptime: 0, gateway: "g2", crashed: ["g1"])
        #expect(try writer.silences() == [.crashed])
    }

    @Test func `heartbeats that were never written are found`() throws {
        var skipped = try Writer()
        try skipped.beat(.started, 0, at: 0)
        try skipped.beat(.beat, 2, at: 60)
        #expect(try skipped.silences() == [.heartbeatsMissing])
        var headless = try Writer()
        try headless.beat(.beat, 3, at: 0)
        #expect(try headless.silences() == [.heartbeatsMissing])
        var twice = try Writer()
        try twice.beat(.started, 0, at: 0)
        try twice.beat(.started, 0, at: 60)
        #expect(try twice.silences() == [.heartbeatsMissing])
    }

    @Test func `calls that were counted and aren't there are found, once`() throws {
        var writer = try Writer()
        try writer.denial(at: 0)
        try writer.beat(.started, 0, at: 0)
        try writer.denial(at: 1)
        try writer.beat(.beat, 1, at: 60, decisions: 1)
        #expect(try writer.silences() == [])
        try writer.beat(.beat, 2, at: 120, decisions: 2)
        try writer.beat(.beat, 3, at: 180, decisions: 2)
        try writer.beat(.beat, 4, at: 240, decisions: 2, outcomes: 1)
        #expect(try writer.silences() == [.leavesMissing, .leavesMissing])
    }

    @Test func `a tree that is shorter than its gateway saw it is found`() throws {
        var writer = try Writer()
        try writer.beat(.started, 0, at: 0)
        try writer.beat(.beat, 1, at: 60, size: 5)
        #expect(try writer.silences() == [.leavesMissing])
    }

    @Test func `a clock that was set is told from a silence`() throws {
        var forward = try Writer()
        try forward.beat(.started, 0, at: 0)
        try forward.beat(.beat, 1, at: 7_200, uptime: 60)
        #expect(try forward.silences() == [.clockSet])
        var back = try Writer()
        try back.beat(.started, 0, at: 10_000, uptime: 0)
        for number in 1...3 { try back.beat(.beat, Int64(number), at: 10_000, uptime: Int64(number) * 60) }
        #expect(try back.silences() == [])
        try back.beat(.beat, 4, at: 10_000, uptime: 1_000)
        #expect(try back.silences() == [.silent])
    }

    @Test func `gateways beside each other are told apart`() throws {
        var writer = try Writer()
        try writer.beat(.started, 0, at: 0)
        try writer.beat(.started, 0, at: 10, uptime: 0, gateway: "g2")
        for number in 1...4 {
            try writer.denial(at: Int64(number) * 60)
            try writer.beat(.beat, Int64(number), at: Int64(number) * 60, decisions: Int64(number))
            if number < 3 {
                try writer.beat(
                    .beat, Int64(number), at: Int64(number) * 60 + 10, uptime: Int64(number) * 60, gateway: "g2")
            }
        }
        let report = try writer.ledger.verify()
        #expect(report.silences.isEmpty)
        #expect(report.running.filter { $0.isOverdue(at: 290_000_000) }.map(\.gateway) == ["g2"])
    }

    @Test func `a heartbeat that doesn't say what heartbeats say is no record`() throws {
        var writer = try Writer()
        try writer.ledger.append(.heartbeat, ["phase": "beat"])
        #expect(writer.ledger.fault?.rule == .format)
    }
}
