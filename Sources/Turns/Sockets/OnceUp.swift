import Authority
import Synchronization

/// Counts one socket as open from its greeting to its end, however often it is greeted.
final class OnceUp: Sendable {
    private let standings: SocketStandings
    private let account: ChannelAccountID
    private let isUp = Mutex(false)

    init(_ standings: SocketStandings, _ account: ChannelAccountID) {
        self.standings = standings
        self.account = account
    }

    func begin() {
        isUp.withLock { isUp in
            guard !isUp else { return }
            isUp = true
            standings.up(account)
        }
    }

    func end(at now: Timestamp) {
        isUp.withLock { isUp in
            guard isUp else { return }
            isUp = false
            standings.down(account, at: now)
        }
    }
}
