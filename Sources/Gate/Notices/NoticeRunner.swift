public import Authority
public import Logging

/// Whom a notice reaches, as the registry knows them now.
public protocol Addressees: Sendable {
    /// The person's verified mail address; nil when they have left or were never there.
    func address(of person: PersonID, in organization: OrganizationID) async throws -> String?
}

/// Empties the outbox. What waits is durable: after a restart it is found again.
public struct NoticeRunner: Sendable {
    let store: any NoticeStore & Commits & ApprovalStore
    let addressees: any Addressees
    let ways: any NoticeRoutes
    let link: @Sendable (NoticeMatter, [AgentID]) -> String
    let caps: NoticeCaps
    let world: World
    let jitter: @Sendable () -> Double
    /// Returns when an attempt has taken long enough.
    let deadline: @Sendable () async -> Void
    /// Whether a connection that somebody is to be told of is still missing.
    let isMissing: @Sendable (QueuedNotice, ProviderID) async throws -> Bool
    /// Whether a connection that its owner is to be told of still needs them.
    let isInTrouble: @Sendable (QueuedNotice, ConnectionID) async throws -> Bool
    /// Whether a schedule that somebody is to be told of still rests.
    let isStopped: @Sendable (ScheduleID) async throws -> Bool
    /// Whether somebody is shown an approval elsewhere, who isn't told of it by a notice then.
    let reach: @Sendable (ApprovalID, PersonID) async throws -> ApproverReach
    let bell: Bell
    let log: Logger

    /// - Parameter bell: rung when something was added, or the ways have changed.
    public init(
        store: any NoticeStore & Commits & ApprovalStore, addressees: any Addressees, ways: any NoticeRoutes,
        link: @escaping @Sendable (NoticeMatter, [AgentID]) -> String, caps: NoticeCaps = NoticeCaps(), world: World,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        deadline: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: NoticeRunner.longestAttempt) },
        isMissing: @escaping @Sendable (QueuedNotice, ProviderID) async throws -> Bool = { _, _ in true },
        isInTrouble: @escaping @Sendable (QueuedNotice, ConnectionID) async throws -> Bool = { _, _ in true },
        isStopped: @escaping @Sendable (ScheduleID) async throws -> Bool = { _ in true },
        reach: @escaping @Sendable (ApprovalID, PersonID) async throws -> ApproverReach = { _, _ in .unreached },
        bell: Bell, log: Logger
    ) {
        self.store = store
        self.addressees = addressees
        self.ways = ways
        self.link = link
        self.caps = caps
        self.world = world
        self.jitter = jitter
        self.deadline = deadline
        self.isMissing = isMissing
        self.isInTrouble = isInTrouble
        self.isStopped = isStopped
        self.reach = reach
        self.bell = bell
        self.log = log
    }

    /// Runs until cancelled. Between two sweeps nothing runs: it is woken, or something becomes due.
    public func run() async {
        while !Task.isCancelled {
            let next = await sweep()
            await bell.wait(atMost: next)
        }
    }

    /// Sends everything that is due.
    ///
    /// - Returns: how long nothing becomes due by itself.
    public func sweep() async -> Duration {
        do {
            guard try await store.sendsNotices() else { return NoticeRunner.whileOthersSend }
            let ways = try await ways.routes()
            try await recover(by: ways)
            let needed = try await needed(store.openNotices().filter { $0.state == .waiting })
            let now = world.now()
            let waiting = try await unreached(needed, at: now)
            let held = waiting.count < needed.count ? now.adding(seconds: NoticeRunner.look) : nil
            guard !ways.isEmpty else { return NoticeRunner.idle }
            let delivered = try await store.notices(settledSince: now.adding(seconds: -86_400))
                .filter { $0.state == .delivered }
            let plans = NoticePlan.plans(waiting, delivered: delivered, caps)
            let later = plans.map(\.due).filter { $0 > now }.min()
            let due = try await RoutedPlan.plans(plans.filter { $0.due <= now }, by: ways)
            let next = earliest(earliest(later, held), try await send(due))
            guard let next else { return NoticeRunner.idle }
            return .microseconds(max(next.microseconds - world.now().microseconds, 1000))
        } catch {
            if Task.isCancelled { return NoticeRunner.idle }
            log.error("notices can't be sent", metadata: ["error": "\(error)"])
            return NoticeRunner.afterFailure
        }
    }

    /// Longer than a mail server and a webhook are given by themselves.
    public static let longestAttempt = Duration.seconds(90)
    static let idle = Duration.seconds(3600)
    private static let whileOthersSend = Duration.seconds(5)
    /// Seconds between two looks at what is under way elsewhere, and for how long that is waited for.
    static let look: Int64 = 2
    static let patience: Int64 = 900
    private static let afterFailure = Duration.seconds(30)

    /// What was being sent when the gateway stopped: nobody knows whether it arrived.
    private func recover(by ways: [RoutedPlan.Way]) async throws {
        for notice in try await store.openNotices() where notice.state == .sending {
            let routes = try await RoutedPlan.ways(ways, to: notice).map(\.route)
            try await settle([notice], .failed(.unknown("the gateway stopped while it was sent")), routes)
        }
    }

    /// Without those whose subject is settled: they are done.
    private func needed(_ notices: [QueuedNotice]) async throws -> [QueuedNotice] {
        var needed: [QueuedNotice] = []
        for notice in notices {
            if try await isNeeded(notice) {
                needed.append(notice)
            } else {
                try await commit([notice.settled(.needless, at: world.now())])
            }
        }
        return needed
    }

    private func isNeeded(_ notice: QueuedNotice) async throws -> Bool {
        switch notice.subject {
        case .agreement, .tools: return true
        case .connection(let provider): return try await isMissing(notice, provider)
        case .trouble(let connection): return try await isInTrouble(notice, connection)
        case .schedule(let id): return try await isStopped(id)
        case .approval(let id):
            guard let approval = try await store.approval(id) else { return false }
            return approval.state == .waiting && approval.expires > world.now()
                && !approval.yes.contains(notice.person)
        }
    }
}
