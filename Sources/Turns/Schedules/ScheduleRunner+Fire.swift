import Authority
import Gate
import Ledger
import Wire

extension ScheduleRunner {
    /// Seconds after which one that was due counts as missed.
    static let lateness: Int64 = 300

    /// Begins what is due, or says why it doesn't.
    ///
    /// - Returns: whether a run began.
    func fire(_ record: ScheduleRecord) async throws -> Bool {
        guard let due = record.next else { return false }
        let now = world.now()
        guard let (schedule, clock) = terms.read(record.definition) else {
            try await pause(record, "its definition can't be read", at: now)
            return false
        }
        if let reason = try await terms.lacks(record) {
            try await pause(record, reason, at: now)
            return false
        }
        var next = record
        next.next = schedule.timing.next(after: max(now, due), since: record.set, in: clock)
        if next.next == nil {
            next.state = .over
            next.reason = "its time has passed"
        }
        if now > due.adding(seconds: ScheduleRunner.lateness), schedule.missed == .skip {
            try await skip(next, due, "no gateway ran when it was due", at: now)
            return false
        }
        if try await store.isUnderWay(record.id) {
            try await skip(next, due, "the run before was still under way", at: now)
            return false
        }
        try await begin(next, schedule, due: due, by: nil, at: now)
        return true
    }

    /// The run, the message that it begins with, and what the schedule is from then on, in one commit.
    ///
    /// - Parameter administrator: who wanted it, where it wasn't due.
    func begin(
        _ record: ScheduleRecord, _ schedule: Schedule, due: Timestamp, by administrator: String?, at now: Timestamp
    ) async throws {
        let account = ChannelAccountID(organization: record.organization, kind: .schedule, name: record.id.raw)
        let id = RunID(world.newID("run"))
        let place = Place(
            peer: Place.Peer(kind: .direct, id: record.id.raw), thread: schedule.session.map { "s/\($0)" } ?? id.raw)
        var reply: JSONObject = ["run": .string(id.raw)]
        var reason: String?
        if let wanted = schedule.deliver {
            switch try await terms.place(record, wanted) {
            case .there(let delivery): reply[ScheduleDelivery.key] = delivery.json
            case .nowhere(let why): reason = "its answer stays here: \(why)"
            }
        }
        let sender = ScheduleDelivery.sender(of: record.id)
        let message = InboundMessage(
            account: account, event: id.raw, place: place,
            sender: .external(sender, SenderStanding(proof: .platform)), agent: record.agent, text: schedule.message,
            sent: due, isAddressed: true, reply: reply)
        let entry = InboxEntry(
            id: InboxID(world.newID("in")), account: account, event: id.raw,
            conversation: ConversationID(in: place, of: account), isStop: false, received: now,
            writer: InboxEntry.writer(message.sender))
        let run = ScheduleRun(
            id: id, of: record.id, in: record.organization, due: due, began: now, message: entry.id.raw, reason: reason)
        var fields = ScheduleRunner.fields("schedule.began", record, run)
        fields["because"] = administrator.map { .string($0) }
        try await store.commit(
            Transaction(
                changes: [
                    ScheduleChange.replace(record), ScheduleChange.begin(run), TurnChange.receive(entry),
                    try payloads.kept(message.json, id: entry.payload),
                ], leaves: [try ScheduleRunner.leaf(.session, fields, record.organization, at: now)]))
    }

    private func skip(_ record: ScheduleRecord, _ due: Timestamp, _ reason: String, at now: Timestamp) async throws {
        let run = ScheduleRun(
            id: RunID(world.newID("run")), of: record.id, in: record.organization, due: due, began: now, message: nil,
            ended: now, outcome: .skipped, reason: reason)
        var fields = ScheduleRunner.fields("schedule.skipped", record, run)
        fields["because"] = .string(reason)
        try await store.commit(
            Transaction(
                changes: [ScheduleChange.replace(record), ScheduleChange.begin(run)],
                leaves: [try ScheduleRunner.leaf(.session, fields, record.organization, at: now)]))
    }

    private func pause(_ record: ScheduleRecord, _ reason: String, at now: Timestamp) async throws {
        var paused = record
        paused.state = .paused
        paused.reason = reason
        let fields: JSONObject = [
            "change": "schedule.paused", "by": "deputy", "agent": .string(record.agent.raw),
            "schedule": .string(record.name), "author": .string(record.author.raw), "because": .string(reason),
        ]
        try await stop(
            paused, leaves: [try ScheduleRunner.leaf(.authority, fields, record.organization, at: now)], at: now)
    }

    static func fields(_ change: String, _ record: ScheduleRecord, _ run: ScheduleRun) -> JSONObject {
        [
            "change": .string(change), "agent": .string(record.agent.raw), "schedule": .string(record.name),
            "author": .string(record.author.raw), "run": .string(run.id.raw),
            "due": .number(JSONNumber(run.due.microseconds)),
        ]
    }

    static func leaf(
        _ kind: LeafKind, _ fields: JSONObject, _ organization: OrganizationID, at now: Timestamp
    ) throws(LedgerError) -> PlacedLeaf {
        PlacedLeaf(try Leaf(kind: kind, time: now.microseconds, fields: fields), in: .organization(organization))
    }
}
