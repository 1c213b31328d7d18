import Synchronization

/// Taken by one at a time; who comes second isn't kept waiting.
final class Turn: Sendable {
    private let isTaken = Mutex(false)

    func take() -> Bool {
        isTaken.withLock { taken in
            defer { taken = true }
            return !taken
        }
    }

    func release() { isTaken.withLock { $0 = false } }
}
