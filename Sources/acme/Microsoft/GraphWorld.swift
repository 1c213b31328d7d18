import Synchronization

/// What was done over Graph since the start: mail that was sent, and events.
final class GraphWorld: Sendable {
    struct Event: Sendable {
        let owner: String
        let body: JSON
        /// What the app calls the attempt; nil when it doesn't.
        let transaction: String?
    }

    private struct State {
        var sent: [JSON] = []
        var events: [Event] = []
    }

    private let state = Mutex(State())

    func send(_ message: JSON, by owner: String) {
        state.withLock { $0.sent.append(["owner": .string(owner), "message": message]) }
    }

    /// The event; the one of before where this owner's app has made it by the same transaction.
    func add(_ event: Event) -> Event {
        state.withLock { state in
            if let transaction = event.transaction,
                let earlier = state.events.first(where: { $0.owner == event.owner && $0.transaction == transaction })
            {
                return earlier
            }
            state.events.append(event)
            return event
        }
    }

    func events(of owner: String) -> [Event] {
        state.withLock { state in state.events.filter { $0.owner == owner } }
    }

    var made: JSON {
        state.withLock { state in
            [
                "sent": .array(state.sent),
                "events": .array(state.events.map { ["owner": .string($0.owner), "event": $0.body] }),
            ]
        }
    }
}
