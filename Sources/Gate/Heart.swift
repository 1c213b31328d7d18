public import Authority
import Ledger
public import Logging
import Synchronization
import Wire

/// Leaves a sign of life in every tree at an interval, from the start to the stop: where it is missing, no gateway ran or
/// leaves are missing.
public final class Heart: Sendable {
    let commits: any Commits
    let store: any LedgerStore & SignStore
    let tally: CallTally
    let world: World
    let settings: HeartSettings
    let log: Logger
    /// The number of the next heartbeat of each tree.
    private let next = Mutex<[TreeID: Int64]>([:])

    public init(
        commits: any Commits, store: any LedgerStore & SignStore, tally: CallTally, world: World,
        settings: HeartSettings,
        log: Logger
    ) {
        self.commits = commits
        self.store = store
        self.tally = tally
        self.world = world
        self.settings = settings
        self.log = log
    }

    /// Before the first call is taken. Says of every gateway before it that wasn't stopped that it crashed.
    public func start() async throws {
        try await beat(.started)
    }

    /// Beats until cancelled.
    public func run() async {
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .seconds(settings.interval))
                try await beat(.beat)
            } catch is CancellationError {
                break
            } catch {
                log.error("heartbeat could not be written", metadata: ["error": "\(error)"])
            }
        }
    }

    /// After the last call. A cancellation that led here doesn't keep it from being written.
    public func stop() async {
        do {
            // The store gives up what a cancelled task waits for.
            try await Task { try await beat(.stopped) }.value
        } catch {
            log.error("the stop could not be recorded", metadata: ["error": "\(error)"])
        }
    }

    /// One heartbeat in every tree, in one commit. The one of a tree that is new to this gateway is its start there.
    func beat(_ phase: Heartbeat.Phase) async throws {
        var trees = Set(try await store.trees())
        trees.formUnion([.system, .organization(settings.organization)])
        let ordered = trees.sorted { $0.raw < $1.raw }
        var transaction = Transaction()
        for tree in ordered {
            let number = next.withLock { $0[tree] } ?? 0
            // Counted before the size is read and before the leaf is queued: both are behind what is counted.
            let counted = tally.counts(of: tree)
            let earlier = number == 0 ? try await earlier(in: tree) : Earlier()
            let heartbeat = Heartbeat(
                phase: number == 0 ? .started : phase, gateway: settings.gateway, number: number,
                uptime: settings.uptime(), interval: settings.interval, size: try await store.head(of: tree).size,
                counted: counted, crashed: earlier.crashed)
            let now = world.now()
            transaction.leaves.append(PlacedLeaf(try heartbeat.leaf(at: now.microseconds), in: tree))
            transaction.changes += earlier.settled
            transaction.changes.append(
                SignChange.keep(
                    GatewaySign(
                        tree: tree, gateway: settings.gateway, phase: heartbeat.phase, time: now,
                        interval: settings.interval)))
        }
        try await commits.commit(transaction)
        next.withLock { next in
            for tree in ordered { next[tree, default: 0] += 1 }
        }
    }
}

/// How a gateway shows that it runs.
public struct HeartSettings: Sendable {
    /// Names this run of this gateway.
    public let gateway: String
    /// Whose tree has heartbeats even before its first other leaf.
    public let organization: OrganizationID
    /// Seconds.
    public let interval: Int64
    /// Whether no other gateway can use the store: one that wasn't stopped has crashed then.
    public let isAlone: Bool
    /// Microseconds since this gateway started, by a clock that nobody sets.
    public let uptime: @Sendable () -> Int64

    public init(
        gateway: String, organization: OrganizationID, interval: Int64, isAlone: Bool,
        uptime: @escaping @Sendable () -> Int64
    ) {
        self.gateway = gateway
        self.organization = organization
        self.interval = interval
        self.isAlone = isAlone
        self.uptime = uptime
    }
}
