import Authority
import Gate
import Synchronization
import Wire

/// The calls that `notifications/cancelled` may name: those of the same token at the same agent, by their request id.
///
/// As many as are under way, so bounded by `Traffic`. Two programs may share a token and count their requests alike; an
/// id that is waiting twice names neither, since cancelling the wrong one would be worse than cancelling none.
final class WaitingCalls: Sendable {
    struct Key: Hashable {
        let client: ClientID
        let agent: AgentID
        let request: RPCID
    }

    private let calls = Mutex<[Key: [Task<Answer, Never>]]>([:])

    func add(_ task: Task<Answer, Never>, as key: Key) {
        calls.withLock { $0[key, default: []].append(task) }
    }

    func remove(_ task: Task<Answer, Never>, from key: Key) {
        calls.withLock { calls in
            calls[key]?.removeAll { $0 == task }
            if calls[key]?.isEmpty == true { calls[key] = nil }
        }
    }

    /// Cancels the one call of this key. Whatever is past its intent goes on all the same; the gate sees to that.
    func cancel(_ key: Key) {
        let tasks = calls.withLock { $0[key] ?? [] }
        guard tasks.count == 1 else { return }
        tasks.first?.cancel()
    }
}
