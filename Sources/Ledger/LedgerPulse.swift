/// Follows the heartbeats of every gateway through a tree. Nothing is asked of a tree from before there were any.
struct LedgerPulse: Sendable {
    private struct Sign {
        var time: Int64
        var beat: Heartbeat
        /// What was recorded before this gateway started.
        var decisions: Int64
        var outcomes: Int64
    }

    /// Heartbeats may be late by one interval and this many microseconds: a slow disk isn't a silence.
    private static let patience: Int64 = 10_000_000

    private(set) var silences: [LedgerSilence] = []
    /// The last sign of each gateway that wasn't stopped.
    private var running: [String: Sign] = [:]
    private var decisions: Int64 = 0
    private var outcomes: Int64 = 0

    /// The gateways that weren't stopped, and their last signs.
    var last: [(gateway: String, time: Int64, interval: Int64)] {
        running.map { ($0, $1.time, $1.beat.interval) }.sorted { $0.gateway < $1.gateway }
    }

    mutating func note(_ record: ExaminedRecord.Head, at position: Int64) {
        switch record.kind {
        case .decision: decisions += 1
        case .outcome: outcomes += 1
        case .heartbeat:
            if let beat = record.heartbeat { note(beat, record.time, at: position) }
        case .intent, .approval, .authority, .epoch, .session, .model: break
        }
    }

    /// What came without a heartbeat.
    mutating func note(_ kinds: KindCounts) {
        decisions += kinds[.decision]
        outcomes += kinds[.outcome]
    }

    private mutating func note(_ beat: Heartbeat, _ time: Int64, at position: Int64) {
        func add(_ cause: LedgerSilence.Cause, _ gateway: String, from: Int64) {
            silences.append(
                LedgerSilence(cause: cause, gateway: gateway, position: position, from: from, until: time))
        }
        for gateway in beat.crashed {
            if let sign = running.removeValue(forKey: gateway) { add(.crashed, gateway, from: sign.time) }
        }
        let before = running[beat.gateway]
        if let before {
            if let cause = cause(between: before, and: beat, time) { add(cause, beat.gateway, from: before.time) }
        } else if beat.phase != .started || beat.number != 0 {
            add(.heartbeatsMissing, beat.gateway, from: time)
        }
        let counted = (beat.counted.decisions, beat.counted.outcomes)
        var sign = Sign(
            time: time, beat: beat, decisions: before?.decisions ?? decisions - counted.0,
            outcomes: before?.outcomes ?? outcomes - counted.1)
        if counted.0 > decisions - sign.decisions || counted.1 > outcomes - sign.outcomes || beat.size > position {
            add(.leavesMissing, beat.gateway, from: before?.time ?? time)
            // Told once, and not of every heartbeat from here on.
            sign.decisions = min(sign.decisions, decisions - counted.0)
            sign.outcomes = min(sign.outcomes, outcomes - counted.1)
        }
        running[beat.gateway] = beat.phase == .stopped ? nil : sign
    }

    private func cause(between before: Sign, and beat: Heartbeat, _ time: Int64) -> LedgerSilence.Cause? {
        let ran = beat.uptime - before.beat.uptime
        let limit = 2 * before.beat.interval * 1_000_000 + Self.patience
        if beat.number != before.beat.number + 1 || beat.phase == .started { return .heartbeatsMissing }
        if ran > limit { return .silent }
        return abs(time - before.time - ran) > limit ? .clockSet : nil
    }
}
