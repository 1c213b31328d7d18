import Authority
public import Gate
public import Turns
import Wire

/// Checks the promises of `ScheduleStore` and of the changes that go with it.
public func checkSchedules(
    _ makeStore: () async throws -> any Commits & ScheduleStore & InboxStore & TurnStore
) async throws {
    try await checkScheduleRecords(try await makeStore())
    try await checkRuns(try await makeStore())
}

private func record(
    _ name: String, _ agent: String = "email", in organization: OrganizationID = Sample.acme, next: Int64? = 10,
    every: String = "15m", author: String = "dana"
) -> ScheduleRecord {
    ScheduleRecord(
        organization: organization, agent: AgentID(agent), name: name,
        definition: ["id": .string(name), "every": .string(every), "message": .string(Sample.awkward)],
        author: PersonID(author), set: Sample.time(1), next: next.map { Sample.time($0) })
}

private func checkScheduleRecords(_ store: any Commits & ScheduleStore) async throws {
    func run(_ changes: ScheduleChange...) async throws { try await store.commit(Transaction(changes: changes)) }
    func refusal(_ change: ScheduleChange) async -> String? { await store.refusal(of: Transaction(changes: [change])) }
    func due(at time: Int64, limit: Int = 9) async throws -> [String] {
        try await store.dueSchedules(at: Sample.time(time), limit: limit).map(\.name)
    }
    let (early, late, over) = (record("early", next: 5), record("late"), record("over", next: nil))
    let (others, elsewhere) = (record("late", "product"), record("late", in: Sample.other))
    try await run(
        .set(Sample.acme, AgentID("email"), [late, early, over]), .set(Sample.acme, AgentID("product"), [others]),
        .set(Sample.other, AgentID("email"), [elsewhere]))
    try expect(try await store.schedules(in: Sample.acme) == [early, late, over, others], "by agent and name, whole")
    try expect(try await store.schedule(late.id) == late, "one comes back as it was")
    try expect(try await due(at: 4).isEmpty, "nothing is due before its time")
    try expect(try await due(at: 5) == ["early"], "and then what is")
    try expect(try await due(at: 99, limit: 1) == ["early"], "those that have been for longest first")
    try expect(try await due(at: 99).count == 4, "in every organization; what has no time is never due")

    var moved = late
    moved.next = Sample.time(20)
    moved.failures = 3
    moved.author = PersonID("bob")
    try await run(.replace(moved))
    try expect(await refusal(.replace(moved)) == "exists \(late.id)", "of two writers the second is refused")
    moved.revision = 1
    try expect(try await store.schedule(late.id) == moved, "and the first's is kept")
    try expect(await refusal(.replace(record("none"))) != nil, "one that isn't there can't be written over")

    let changed = record("early", next: 7, every: "1h")
    try await run(.set(Sample.acme, AgentID("email"), [changed, record("late", next: 50)]))
    try expect(try await store.schedule(late.id) == moved, "an equal definition leaves it as it stands")
    try expect(try await store.schedule(early.id)?.definition == changed.definition, "another one takes its place")
    try expect(await refusal(.replace(early)) != nil, "so that what was read before is refused")
    try expect(try await store.schedule(over.id) == nil, "what isn't named any more is gone")
    try expect(try await store.schedule(others.id) == others, "another agent's stay")

    try await run(.pause(Sample.acme, of: PersonID("dana"), reason: Sample.awkward))
    try expect(try await store.schedule(early.id)?.state == .paused, "a person's stop with them")
    try expect(try await store.schedule(early.id)?.reason == Sample.awkward, "and it is known why")
    try expect(try await store.schedule(others.id)?.revision == 1, "whoever read one before can't write it")
    try expect(try await store.schedule(late.id) == moved, "another person's go on")
    try expect(try await store.schedule(elsewhere.id) == elsewhere, "and those of another organization")
    try expect(try await due(at: 99) == ["late", "late"], "what is paused isn't due")
}

private func checkRuns(_ store: any Commits & ScheduleStore & InboxStore & TurnStore) async throws {
    let schedule = record("late")
    func open(_ id: String, due: Int64, message: String?) -> ScheduleRun {
        ScheduleRun(
            id: RunID(id), of: schedule.id, in: Sample.acme, due: Sample.time(due), began: Sample.time(due + 1),
            message: message, reason: message == nil ? Sample.awkward : nil)
    }
    func ended() async throws -> [String] { try await store.endedRuns(limit: 9).map(\.id.raw) }
    let (first, second) = (open("r1", due: 1, message: "i1"), open("r2", due: 2, message: "i2"))
    try await store.commit(
        Transaction(changes: [
            ScheduleChange.begin(first), ScheduleChange.begin(second),
            TurnChange.receive(Sample.entry("i1", event: "r1", received: 1)),
        ]))
    try expect(
        await store.refusal(of: Transaction(changes: [ScheduleChange.begin(open("r9", due: 1, message: nil))]))
            == "exists r9", "a due time has one run")
    try expect(try await store.isUnderWay(schedule.id), "what waits in the inbox is under way")
    try expect(try await !store.isUnderWay(record("early").id), "of its own schedule alone")
    try expect(try await ended() == ["r2"], "what began with a message that is gone has ended")

    var turn = Sample.turn("t1")
    try await store.commit(.turn(.begin(turn)))
    try expect(try await store.isUnderWay(schedule.id), "so is a turn that can go on")
    turn.state = .parked(.connection)
    turn.steps += 1
    try await store.commit(.turn(.move(turn, from: turn.steps - 1)))
    try expect(try await !store.isUnderWay(schedule.id), "one that waits for somebody isn't")
    try expect(try await ended() == ["r2"], "and hasn't ended")
    turn.state = .ended(.answered)
    turn.steps += 1
    try await store.commit(.turn(.move(turn, from: turn.steps - 1)))
    try expect(try await ended() == ["r1", "r2"], "until its turn has; the oldest first")

    var done = first
    done.ended = Sample.time(9)
    done.outcome = .answered
    done.reason = Sample.awkward
    done.turn = "t1"
    done.calls = [["tool": .string(Sample.awkward), "error": false]]
    try await store.commit(Transaction(changes: [ScheduleChange.end(done)]))
    try expect(
        await store.refusal(of: Transaction(changes: [ScheduleChange.end(done)])) == "exists r1", "a run ends once")
    try expect(try await store.runs(of: schedule.id, limit: 9) == [second, done], "the newest first, whole")
    try expect(try await store.runs(of: schedule.id, limit: 1) == [second], "and no more than asked for")
    try await store.commit(Transaction(changes: [ScheduleChange.prune(before: Sample.time(99))]))
    try expect(try await store.runs(of: schedule.id, limit: 9) == [second], "what has no end is never forgotten")
}
