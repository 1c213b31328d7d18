import Authority
import Gate
import Synchronization

/// What one watcher hasn't seen yet. Pieces of what a model says are merged, so that a slow watcher loses none of them; one that
/// is hopelessly slow is ended, and reads the turn when it comes again.
public final class TurnWatch: Sendable {
    private struct State {
        var events: [TurnEvents.Event] = []
        /// UTF-8 bytes of words among them.
        var bytes = 0
        var isOver = false
    }

    private static let most = 1 << 20

    private let state = Mutex(State())
    private let bell = Bell()
    private let leave: @Sendable () -> Void

    init(leave: @escaping @Sendable () -> Void) {
        self.leave = leave
    }

    /// What has happened since, in its order; empty when nothing has for so long.
    ///
    /// - Returns: nil once it has ended.
    public func next(atMost limit: Duration) async -> [TurnEvents.Event]? {
        if let events = take(), !events.isEmpty { return events }
        await bell.wait(atMost: limit)
        return Task.isCancelled ? nil : take()
    }

    private func take() -> [TurnEvents.Event]? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            defer {
                state.events = []
                state.bytes = 0
            }
            return state.events
        }
    }

    /// Nothing comes after this.
    public func end() {
        state.withLock { $0.isOver = true }
        bell.ring()
        leave()
    }

    func push(_ event: TurnEvents.Event) {
        let isHopeless = state.withLock { state in
            if case .heard(_, let piece) = event { state.bytes += piece.utf8.count }
            switch (state.events.last, event) {
            case (.heard(let before, let words)?, .heard(let turn, let piece)) where before == turn:
                state.events[state.events.count - 1] = .heard(turn, words + piece)
            case (.moved(let before)?, .moved(let turn)) where before == turn: break
            case (_, _): state.events.append(event)
            }
            return state.bytes > TurnWatch.most
        }
        if isHopeless { end() } else { bell.ring() }
    }
}
