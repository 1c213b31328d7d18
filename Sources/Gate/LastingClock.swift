public import Authority
import Synchronization

/// What lifetimes and leases are measured by: the system's clock, until somebody sets it.
///
/// Small differences are followed, as a time service makes them. A clock that jumps by more than a minute isn't believed: it
/// would make dead tokens live, living ones dead, and leases run out under who holds them. It is when a provider's server says
/// the same time (the `Date` of RFC 9110 section 6.6.1).
public final class LastingClock: Sendable {
    /// What a clock may be off before somebody is told of it, in microseconds.
    private static let tolerance: Int64 = 60_000_000
    private static let mostHosts = 100

    private struct State {
        /// What the steady clock has to be put forward to say the time.
        var offset: Int64
        var skews: [String: Int64] = [:]
    }

    private let wall: @Sendable () -> Timestamp
    private let steady: @Sendable () -> Int64
    private let state: Mutex<State>

    /// - Parameter steady: microseconds since some moment, by a clock that nobody sets and that doesn't stop.
    public init(wall: @escaping @Sendable () -> Timestamp, steady: @escaping @Sendable () -> Int64) {
        self.wall = wall
        self.steady = steady
        state = Mutex(State(offset: wall().microseconds - steady()))
    }

    public func now() -> Timestamp {
        let (wall, steady) = (wall().microseconds, steady())
        return state.withLock { state in
            let ours = steady + state.offset
            guard abs(wall - ours) <= LastingClock.tolerance else { return Timestamp(microseconds: ours) }
            state.offset = wall - steady
            return Timestamp(microseconds: wall)
        }
    }

    /// A server has just said what time it is.
    ///
    /// - Returns: by how many seconds we are ahead of it, the first time that this is more than a minute.
    @discardableResult
    public func heard(_ said: Timestamp, from host: String) -> Int64? {
        let (wall, steady) = (wall().microseconds, steady())
        return state.withLock { state in
            if abs(wall - said.microseconds) <= LastingClock.tolerance { state.offset = wall - steady }
            let skew = steady + state.offset - said.microseconds
            let before = state.skews[host] ?? 0
            if before == 0, state.skews.count >= LastingClock.mostHosts { return nil }
            state.skews[host] = abs(skew) > LastingClock.tolerance ? skew : nil
            return abs(skew) > LastingClock.tolerance && before == 0 ? skew / 1_000_000 : nil
        }
    }

    /// Hosts whose clocks say something else, by name, with the seconds that ours is ahead of each.
    public var skews: [(host: String, seconds: Int64)] {
        state.withLock { $0.skews }.sorted { $0.key < $1.key }.map { ($0.key, $0.value / 1_000_000) }
    }
}
