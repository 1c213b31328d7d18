import Authority
import Gate
import Ledger
import Wire

extension ScheduleRunner {
    /// So many failures one after the other, and a schedule stops.
    static let mostFailures = 5
    /// Seconds until it may run again, after one failure, two and so on.
    private static let pauses: [Int64] = [60, 300, 900, 3_600]
    private static let mostCalls = 200

    /// Keeps how a run ended, and what that means for its schedule.
    func settle(_ open: ScheduleRun) async throws {
        let run = try await ended(open)
        var changes: [any StoredChange] = [ScheduleChange.end(run)]
        var leaves: [PlacedLeaf] = []
        let now = world.now()
        let record = try await store.schedule(run.schedule)
        var fields: JSONObject = [
            "change": "schedule.ended", "run": .string(run.id.raw), "schedule": .string(record?.name ?? ""),
            "agent": .string(record?.agent.raw ?? ""), "outcome": .string(run.outcome?.rawValue ?? ""),
        ]
        fields["turn"] = run.turn.map { .string($0) }
        leaves.append(try ScheduleRunner.leaf(.session, fields, run.organization, at: now))
        if let record, let next = after(run, record, at: now) {
            if next.state == .suspended, record.state != .suspended {
                let fields: JSONObject = [
                    "change": "schedule.suspended", "by": "deputy", "agent": .string(record.agent.raw),
                    "schedule": .string(record.name), "author": .string(record.author.raw),
                    "failures": .number(JSONNumber(next.failures)),
                ]
                leaves.append(try ScheduleRunner.leaf(.authority, fields, run.organization, at: now))
                return try await stop(next, changes, leaves: leaves, at: now)
            }
            changes.append(ScheduleChange.replace(next))
        }
        try await store.commit(Transaction(changes: changes, leaves: leaves))
    }

    /// The schedule after this run; nil when it stays as it is.
    private func after(_ run: ScheduleRun, _ record: ScheduleRecord, at now: Timestamp) -> ScheduleRecord? {
        var next = record
        guard run.outcome?.isFailure ?? false else {
            guard run.outcome == .answered, record.failures > 0 else { return nil }
            next.failures = 0
            return next
        }
        next.failures += 1
        guard record.state == .active else { return next }
        guard next.failures < ScheduleRunner.mostFailures else {
            next.state = .suspended
            next.reason = "it failed \(next.failures) times one after the other"
            return next
        }
        let pause = ScheduleRunner.pauses[min(next.failures, ScheduleRunner.pauses.count) - 1]
        next.next = record.next.map { max($0, now.adding(seconds: pause)) }
        return next
    }

    private func ended(_ open: ScheduleRun) async throws -> ScheduleRun {
        var run = open
        run.ended = world.now()
        guard let message = open.message.map({ InboxID($0) }) else {
            run.outcome = .skipped
            return run
        }
        if let turn = try await store.turn(with: message) {
            run.turn = turn.id.raw
            run.ended = turn.touched
            run.outcome = RunOutcome(turn.state)
            run.reason = turn.reason ?? run.reason
            if let said = try? await OpenTurn(turn, payloads) {
                run.calls = .array(Array(said.log.calls.prefix(ScheduleRunner.mostCalls)))
            }
            if turn.reply[ScheduleDelivery.key] != nil, run.outcome == .answered,
                try await store.outbox(of: turn.id).allSatisfy({ $0.account == turn.account })
            {
                run.reason = "its answer stays here: not everybody there may read what it has seen"
            }
        } else {
            let entry = try await store.inboxEntry(message)
            run.outcome = entry?.state == .ignored ? .stopped : .failed
            run.reason = entry?.reason ?? "what it began with is gone"
        }
        return run
    }
}

extension RunOutcome {
    fileprivate init(_ state: TurnState) {
        self =
            switch state {
            case .ended(.answered): .answered
            case .ended(.stopped): .stopped
            case .ended(.expired): .expired
            case .ended(.failed), .ready, .parked: .failed
            }
    }
}

extension TurnLog {
    /// The tools that were called, in their order, and which of them answered with an error.
    fileprivate var calls: [JSON] {
        var names: [String: String] = [:]
        return steps.compactMap { step -> JSON? in
            switch step {
            case .replied(let reply, _):
                for call in reply.calls { names[call.id] = call.name }
                return nil
            case .answered(let result):
                return ["tool": .string(names[result.call] ?? ""), "error": .bool(result.isError)]
            case .asked, .calling, .waits, .unanswered, .tooLong, .unseen: return nil
            }
        }
    }
}
