public import Authority
public import Gate
public import Logging
public import Wire

/// Has agents asked what their schedules say, when they are due: a message into the inbox, claimed, written and recorded in one
/// commit. Whoever takes it from there runs an ordinary turn.
public struct ScheduleRunner: Sendable {
    public typealias Store = ScheduleStore & TurnStore & InboxStore & OutboxStore & Commits

    let store: any Store
    let payloads: PayloadKeeper
    let terms: ScheduleTerms
    let world: World
    let bell: Bell
    private let told: @Sendable () -> Void
    private let log: Logger

    /// - Parameters:
    ///   - bell: rung when a message waits.
    ///   - told: called when somebody is to be told that one has stopped.
    public init(
        store: any Store, payloads: PayloadKeeper, terms: ScheduleTerms, world: World, bell: Bell,
        told: @escaping @Sendable () -> Void = {}, log: Logger
    ) {
        self.store = store
        self.payloads = payloads
        self.terms = terms
        self.world = world
        self.bell = bell
        self.told = told
        self.log = log
    }

    private static let idle = Duration.seconds(1)
    private static let atOnce = 64
    private static let pruning: Int64 = 3_600
    /// Seconds for which runs are kept.
    static let kept: Int64 = 400 * 86_400

    /// Runs until cancelled. What is due is looked up at each wake, by the clock on the wall.
    public func run() async {
        var pruned = Timestamp(microseconds: 0)
        while !Task.isCancelled {
            if await sweep() == 0 { try? await Task.sleep(for: ScheduleRunner.idle) }
            let now = world.now()
            guard now >= pruned.adding(seconds: ScheduleRunner.pruning) else { continue }
            pruned = now
            await attempt("old runs can't be forgotten") {
                let before = now.adding(seconds: -ScheduleRunner.kept)
                try await store.commit(Transaction(changes: [ScheduleChange.prune(before: before)]))
            }
        }
    }

    /// Everything that is over or due now, up to a bound.
    ///
    /// - Returns: how many began.
    @discardableResult
    public func sweep() async -> Int {
        var count = 0
        await attempt("runs that ended can't be read") {
            for run in try await store.endedRuns(limit: ScheduleRunner.atOnce) {
                await attempt("a run's end can't be kept") { try await settle(run) }
            }
        }
        await attempt("schedules can't be read") {
            for record in try await store.dueSchedules(at: world.now(), limit: ScheduleRunner.atOnce) {
                await attempt("a schedule can't be run") { count += try await fire(record) ? 1 : 0 }
            }
        }
        if count > 0 { bell.ring() }
        return count
    }

    /// Keeps that a schedule stops by itself, and tells whoever owns its agent now.
    ///
    /// - Parameter leaves: that say why.
    func stop(
        _ record: ScheduleRecord, _ changes: [any StoredChange] = [], leaves: [PlacedLeaf], at now: Timestamp
    ) async throws {
        let person = try await terms.owner(record.agent, record.organization)
        let notices = person.map { QueuedNotice.changes(forStopped: record, telling: $0, at: now) } ?? []
        try await store.commit(
            Transaction(changes: changes + [ScheduleChange.replace(record)] + notices, leaves: leaves))
        if person != nil { told() }
    }

    /// Each fails alone.
    private func attempt(_ complaint: String, _ work: () async throws -> Void) async {
        do { try await work() } catch CommitError.exists {
            // Another gateway did it, or somebody changed it meanwhile.
        } catch {
            if !Task.isCancelled { log.error("\(complaint)", metadata: ["error": "\(error)"]) }
        }
    }
}

/// What schedules go by beyond their own records.
public struct ScheduleTerms: Sendable {
    /// A schedule as its agent's definition has it, with the clocks of its zone; nil for what isn't one.
    let read: @Sendable (JSON) -> (schedule: Schedule, clock: ZoneClock)?
    /// Why its author may not have it run any more; nil while they may.
    let lacks: @Sendable (ScheduleRecord) async throws -> String?
    /// Where its answers go, if the place is one that this agent answers in; else why not.
    let place: @Sendable (ScheduleRecord, Schedule.Place) async throws -> ScheduleDelivery.Found
    /// Who answers for an agent now; nil when there is no such agent.
    let owner: @Sendable (AgentID, OrganizationID) async throws -> PersonID?

    public init(
        read: @escaping @Sendable (JSON) -> (schedule: Schedule, clock: ZoneClock)?,
        lacks: @escaping @Sendable (ScheduleRecord) async throws -> String?,
        place: @escaping @Sendable (ScheduleRecord, Schedule.Place) async throws -> ScheduleDelivery.Found,
        owner: @escaping @Sendable (AgentID, OrganizationID) async throws -> PersonID?
    ) {
        self.read = read
        self.lacks = lacks
        self.place = place
        self.owner = owner
    }
}
