public import Authority
import Synchronization

/// What happens in turns of this process, for whoever watches. Nothing of it is kept: who misses some reads the turn.
public final class TurnEvents: Sendable {
    public enum Event: Sendable, Hashable {
        /// A piece of what a model is saying.
        case heard(TurnID, String)
        /// Something was kept: the turn can be read anew.
        case moved(TurnID)
    }

    private struct State {
        var next = 0
        var isClosed = false
        var watchers: [ConversationID: [Int: AsyncStream<Event>.Continuation]] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// Everything from now on in this conversation. A watcher that is slow loses the oldest events.
    public func watch(_ conversation: ConversationID) -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(256))
        let id = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.next += 1
            state.watchers[conversation, default: [:]][state.next] = continuation
            return state.next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in
                state.watchers[conversation]?[id] = nil
                if state.watchers[conversation]?.isEmpty == true { state.watchers[conversation] = nil }
            }
        }
        return stream
    }

    /// Ends all watching, because the process stops.
    public func close() {
        let watchers = state.withLock { state in
            state.isClosed = true
            defer { state.watchers = [:] }
            return state.watchers.values.flatMap(\.values)
        }
        for watcher in watchers { watcher.finish() }
    }

    func tell(_ event: Event, in conversation: ConversationID) {
        let watchers = state.withLock { Array(($0.watchers[conversation] ?? [:]).values) }
        for watcher in watchers { watcher.yield(event) }
    }
}
