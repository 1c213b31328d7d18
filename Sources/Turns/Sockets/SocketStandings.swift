public import Authority
import Synchronization

/// How the sockets of one account stand at this gateway.
public struct SocketStanding: Sendable, Hashable {
    /// Those by which the platform tells something now.
    public var open = 0
    /// When the last one ended, or the first was asked for; nil while one is open.
    public var downSince: Timestamp?
    /// Why there is none.
    public var reason: String?
}

/// How sockets stand at this gateway. They aren't stored: each gateway has its own.
public final class SocketStandings: Sendable {
    private let standings = Mutex<[ChannelAccountID: SocketStanding]>([:])

    public init() {}

    public var all: [ChannelAccountID: SocketStanding] { standings.withLock(\.self) }

    func begin(_ account: ChannelAccountID, at now: Timestamp) {
        standings.withLock { $0[account] = SocketStanding(downSince: now) }
    }

    func forget(_ account: ChannelAccountID) {
        standings.withLock { $0[account] = nil }
    }

    func up(_ account: ChannelAccountID) {
        change(account) { standing in
            standing.open += 1
            standing.downSince = nil
            standing.reason = nil
        }
    }

    func down(_ account: ChannelAccountID, at now: Timestamp) {
        change(account) { standing in
            standing.open -= 1
            if standing.open == 0 { standing.downSince = now }
        }
    }

    func failed(_ account: ChannelAccountID, _ reason: String) {
        change(account) { $0.reason = reason }
    }

    private func change(_ account: ChannelAccountID, _ body: (inout SocketStanding) -> Void) {
        standings.withLock { standings in
            guard var standing = standings[account] else { return }
            body(&standing)
            standings[account] = standing
        }
    }
}
