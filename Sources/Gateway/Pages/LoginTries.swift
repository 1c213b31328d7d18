import Glibc
import Synchronization

/// How often an address may try links that don't sign anybody in. Who has a right one pays nothing for it, and no address
/// spends another's tries.
final class LoginTries: Sendable {
    private struct State {
        /// Addresses of now, and those of before that weren't seen since: both together are all that is remembered.
        var recent: [SourceAddress: TokenBucket] = [:]
        var earlier: [SourceAddress: TokenBucket] = [:]
    }

    private let burst: Int
    private let perSecond: Double
    private let most: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameter most: the number of addresses after which those that weren't seen lately are forgotten.
    init(
        burst: Int = 20, perSecond: Double = 1 / 6, most: Int = 4_096,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.burst = burst
        self.perSecond = perSecond
        self.most = most
        self.now = now
    }

    /// Takes a try; the seconds to wait where there is none.
    func take(_ address: SourceAddress) -> Int? {
        let now = now()
        return change(address) { $0.take(at: now) }
    }

    /// It was a right one.
    func giveBack(_ address: SourceAddress) { change(address) { $0.giveBack() } }

    var remembered: Int { state.withLock { $0.recent.count + $0.earlier.count } }

    private func change<Value: Sendable>(_ address: SourceAddress, _ body: (inout TokenBucket) -> Value) -> Value {
        let now = now()
        return state.withLock { state in
            var bucket =
                state.recent[address] ?? state.earlier.removeValue(forKey: address)
                ?? TokenBucket(perSecond: perSecond, burst: burst, at: now)
            let value = body(&bucket)
            if state.recent.count >= most, state.recent[address] == nil {
                state.earlier = state.recent
                state.recent = [:]
            }
            state.recent[address] = bucket
            return value
        }
    }
}

/// Where a connection comes from. Of IPv6 the network: one subscriber has all of its addresses.
struct SourceAddress: Hashable, Sendable {
    private let bytes: [UInt8]

    /// - Parameter text: the address in digits; nil for what has none, such as a socket of this machine.
    init(_ text: String?) {
        let text = text ?? ""
        var (four, six) = ([UInt8](repeating: 0, count: 4), [UInt8](repeating: 0, count: 16))
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = four
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            let isMapped = six.prefix(10).allSatisfy { $0 == 0 } && six[10] == 0xFF && six[11] == 0xFF
            bytes = Array(isMapped ? six.suffix(4) : six.prefix(8))
        } else {
            bytes = Array(text.utf8)
        }
    }
}
