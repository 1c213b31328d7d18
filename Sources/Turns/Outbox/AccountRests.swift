import Authority
import Synchronization

/// Until when a channel takes nothing of an account, as it said itself. What else waits there isn't tried in vain meanwhile.
final class AccountRests: Sendable {
    private let state = Mutex<[ChannelAccountID: Timestamp]>([:])

    func note(_ account: ChannelAccountID, until time: Timestamp) {
        state.withLock { $0[account] = max($0[account] ?? time, time) }
    }

    /// Nil when it may be tried.
    func end(of account: ChannelAccountID, at now: Timestamp) -> Timestamp? {
        state.withLock { state in
            guard let end = state[account] else { return nil }
            if end <= now { state[account] = nil }
            return now < end ? end : nil
        }
    }
}
