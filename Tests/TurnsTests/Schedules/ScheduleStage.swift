import Authority
import Gate
import Logging
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

/// A talk whose agent is a claw with schedules.
final class ScheduleStage: Sendable {
    let talk: Talk
    private let lacking = Mutex<String?>(nil)
    private let place = Mutex<ScheduleDelivery.Found>(.nowhere("there is none"))

    static let agent = AgentID("helper")
    /// 2026-11-22T14:00:00Z.
    static let start = Timestamp(microseconds: 1_795_356_000_000_000)

    init(isOpen: Bool = false, _ edit: (inout AgentDefinition) -> Void = { _ in }) throws {
        talk = try Talk(profile: AgentProfile(system: "be good", models: [Talk.endpoint], isOpen: isOpen)) {
            $0.actsAs = .claw
            $0.slots = [Slot(provider: Stage.provider, owner: .agent)]
            edit(&$0)
        }
        talk.stage.clock.advance(
            seconds: (ScheduleStage.start.microseconds - talk.stage.clock.world.now().microseconds) / 1_000_000)
    }

    func lack(_ reason: String?) { lacking.withLock { $0 = reason } }

    func deliver(to found: ScheduleDelivery.Found) { place.withLock { $0 = found } }

    var store: MemoryStore { talk.stage.store }
    var now: Timestamp { talk.stage.clock.world.now() }

    var terms: ScheduleTerms {
        ScheduleTerms(
            read: { ScheduleStage.read($0) }, lacks: { [self] _ in lacking.withLock { $0 } },
            place: { [self] _, _ in place.withLock { $0 } }, owner: { _, _ in Stage.dana })
    }

    private static func read(_ json: JSON) -> (schedule: Schedule, clock: ZoneClock)? {
        guard let cron = json["cron"]?.stringValue, let expression = try? CronExpression(parsing: cron) else {
            return nil
        }
        let schedule = Schedule(
            name: json["id"]?.stringValue ?? "", timing: .cron(expression), zone: "UTC",
            message: json["message"]?.stringValue ?? "", session: json["session"]?.stringValue,
            deliver: json["deliver"].map { _ in Schedule.Place(channel: "slack/main", to: "C1") },
            missed: json["missed"]?.stringValue.flatMap(Schedule.Missed.init) ?? .skip)
        return (schedule, .utc)
    }

    func runner(on store: MemoryStore? = nil) -> ScheduleRunner {
        ScheduleRunner(
            store: store ?? self.store, payloads: talk.payloads, terms: terms, world: talk.stage.clock.world,
            bell: Bell(),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A gateway, with the reception that it would have.
    func gateway(on store: MemoryStore? = nil) -> TurnRunner {
        let store = store ?? self.store
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return TurnRunner(
            gate: talk.stage.gate, store: store, payloads: talk.payloads,
            reception: ScheduleReception(others: talk.reception, store: store, terms: terms), profiles: talk.profiles,
            words: PlainWords(), model: talk.model, connections: talk.connections, memory: talk.memory,
            world: talk.stage.clock.world, pause: { _ in }, events: TurnEvents(), bell: Bell(), outbox: Bell(), log: log
        )
    }

    @discardableResult
    func set(_ name: String = "morning", cron: String = "*/10 * * * *", _ more: JSONObject = [:]) async throws
        -> ScheduleRecord
    {
        var definition: JSONObject = ["id": .string(name), "cron": .string(cron), "message": "go on"]
        for (key, value) in more.members { definition[key] = value }
        let read = try #require(ScheduleStage.read(.object(definition)))
        let record = ScheduleRecord(
            organization: Stage.organization, agent: ScheduleStage.agent, name: name, definition: .object(definition),
            author: Stage.alice, set: now, next: read.schedule.timing.next(after: now, since: now, in: .utc))
        let others = try await store.schedules(in: Stage.organization)
        try await store.commit(
            Transaction(changes: [ScheduleChange.set(Stage.organization, ScheduleStage.agent, others + [record])]))
        return record
    }

    func wait(minutes: Int64) { talk.stage.clock.advance(seconds: minutes * 60) }

    /// Everything that can be done now.
    func settle() async throws {
        await runner().sweep()
        try await gateway().settle()
        await runner().sweep()
    }

    func runs(_ name: String = "morning") async throws -> [ScheduleRun] {
        try await store.runs(
            of: ScheduleRecord.id(of: name, ScheduleStage.agent, in: Stage.organization), limit: 100)
    }

    func record(_ name: String = "morning") async throws -> ScheduleRecord {
        try #require(
            try await store.schedule(ScheduleRecord.id(of: name, ScheduleStage.agent, in: Stage.organization)))
    }
}
