import Authority
public import Gate
public import Logging

/// Forgets events that started nothing when no channel tells of them again, and what was said without a turn.
public struct InboxPruner: Sendable {
    private let store: any TurnStore & Commits
    private let world: World
    private let log: Logger

    public init(store: any TurnStore & Commits, world: World, log: Logger) {
        self.store = store
        self.world = world
        self.log = log
    }

    /// Seconds for which an event is known again by its id. Platforms repeat one for hours; a mailbox is read once.
    static let kept: Int64 = 30 * 86_400
    private static let pause = Duration.seconds(3_600)

    /// Runs until cancelled.
    public func run() async {
        while !Task.isCancelled {
            await sweep()
            try? await Task.sleep(for: InboxPruner.pause)
        }
    }

    func sweep() async {
        do {
            guard try await store.keepsHouse(.retention) else { return }
            let before = world.now().adding(seconds: -InboxPruner.kept)
            try await store.commit(
                Transaction(changes: [TurnChange.prune(before: before), CardChange.prune(settledBefore: before)]))
        } catch {
            if !Task.isCancelled { log.error("old events can't be forgotten", metadata: ["error": "\(error)"]) }
        }
    }
}
