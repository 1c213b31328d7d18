import Gate
import Synchronization

/// Those who are kept on the line until a person has answered. When the gateway stops they are let go: they are told to
/// come again, as when the person takes too long.
final class Patience: Sendable {
    private struct State {
        var isOver = false
        var waits: [Task<Answer, Never>] = []
    }

    private let state = Mutex(State())

    func add(_ wait: Task<Answer, Never>) {
        let isOver = state.withLock { state in
            if !state.isOver { state.waits.append(wait) }
            return state.isOver
        }
        if isOver { wait.cancel() }
    }

    func remove(_ wait: Task<Answer, Never>) {
        state.withLock { $0.waits.removeAll { $0 == wait } }
    }

    /// Ends every wait, and each that is begun from now on.
    func end() {
        let waits = state.withLock { state in
            state.isOver = true
            defer { state.waits = [] }
            return state.waits
        }
        for wait in waits { wait.cancel() }
    }
}

extension MCPServer {
    /// Lets those go who wait for a person.
    public func stopWaiting() { patience.end() }
}
