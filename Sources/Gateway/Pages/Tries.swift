import Synchronization

/// How often each of many may do something: a burst, then at a steady rate. No key spends another's tries, and however many
/// come, few are remembered. Where many people are one key, such as an address, only what failed is charged: see `Attempts`.
final class Tries<Key: Hashable & Sendable>: Sendable {
    private struct State {
        /// Those of now, and those of before that didn't come since: both together are all that is remembered.
        var recent: [Key: TokenBucket] = [:]
        var earlier: [Key: TokenBucket] = [:]
    }

    private let burst: Int
    private let perSecond: Double
    private let most: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameter most: the number of keys after which those that didn't come lately are forgotten.
    init(
        burst: Int, perSecond: Double, most: Int = 4_096,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.burst = burst
        self.perSecond = perSecond
        self.most = most
        self.now = now
    }

    /// Takes tries, all of them or none; the seconds to wait where there are too few.
    func take(_ count: Int = 1, of key: Key) -> Int? {
        let now = now()
        return change(key) { $0.take(count, at: now) }
    }

    /// Whether nothing is left just now. Takes nothing and remembers nobody.
    func isSpent(by key: Key) -> Bool {
        let now = now()
        return state.withLock { state in
            guard var copy = state.recent[key] ?? state.earlier[key] else { return false }
            return copy.take(at: now) != nil
        }
    }

    var remembered: Int { state.withLock { $0.recent.count + $0.earlier.count } }

    private func change<Value: Sendable>(_ key: Key, _ body: (inout TokenBucket) -> Value) -> Value {
        let now = now()
        return state.withLock { state in
            var bucket =
                state.recent[key] ?? state.earlier.removeValue(forKey: key)
                ?? TokenBucket(perSecond: perSecond, burst: burst, at: now)
            let value = body(&bucket)
            if state.recent.count >= most, state.recent[key] == nil {
                state.earlier = state.recent
                state.recent = [:]
            }
            state.recent[key] = bucket
            return value
        }
    }
}
