import Synchronization

/// True for whoever asks first.
final class OnceFlag: Sendable {
    private let isTaken = Mutex(false)

    func first() -> Bool {
        isTaken.withLock { taken in
            defer { taken = true }
            return !taken
        }
    }
}
