import Synchronization

/// A place where calls wait until they are cancelled or let go, and where a test sees them come and go.
final class HoldUp: Sendable {
    private struct State {
        var isOpen = false
        var next = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let departures = AsyncStream.makeStream(of: Bool.self)

    /// Waits; ends when the task is cancelled or `letGo` is called.
    func wait() async {
        let place = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passes = state.withLock { state in
                    if state.isOpen || Task.isCancelled { return true }
                    state.waiting[place] = continuation
                    return false
                }
                if passes { continuation.resume() }
                arrivals.continuation.yield()
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: place) }?.resume()
        }
        departures.continuation.yield(Task.isCancelled)
    }

    /// Returns when one more call has come to wait.
    func arrived() async { for await _ in arrivals.stream { return } }

    /// Whether the next call that leaves was cancelled.
    func wasCancelled() async -> Bool {
        for await cancelled in departures.stream { return cancelled }
        return false
    }

    func letGo() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            state.isOpen = true
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }
}
