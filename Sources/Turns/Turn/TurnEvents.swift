public import Authority
import Synchronization

/// What happens in turns, for whoever watches: what a model says here, and what was kept anywhere. Nothing of it is kept: who
/// misses some reads the turn.
public final class TurnEvents: Sendable {
    public enum Event: Sendable, Hashable {
        /// What a model said since the event before.
        case heard(TurnID, String)
        /// Something was kept: the turn can be read anew.
        case moved(TurnID)
    }

    private struct State {
        var next = 0
        var isClosed = false
        var watchers: [ConversationID: [Int: TurnWatch]] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// Everything from now on in this conversation, until it is ended.
    public func watch(_ conversation: ConversationID) -> TurnWatch {
        let watch = state.withLock { state in
            state.next += 1
            let number = state.next
            let watch = TurnWatch { [weak self] in
                self?.state.withLock { state in
                    state.watchers[conversation]?[number] = nil
                    if state.watchers[conversation]?.isEmpty == true { state.watchers[conversation] = nil }
                }
            }
            if !state.isClosed { state.watchers[conversation, default: [:]][number] = watch }
            return (watch, isClosed: state.isClosed)
        }
        if watch.isClosed { watch.0.end() }
        return watch.0
    }

    /// Ends all watching, because the process stops.
    public func close() {
        let watchers = state.withLock { state in
            state.isClosed = true
            return state.watchers.values.flatMap(\.values)
        }
        for watcher in watchers { watcher.end() }
    }

    public func tell(_ event: Event, in conversation: ConversationID) {
        let watchers = state.withLock { Array(($0.watchers[conversation] ?? [:]).values) }
        for watcher in watchers { watcher.push(event) }
    }
}
