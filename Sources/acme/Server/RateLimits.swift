import Synchronization

/// A token bucket's shape: how many calls at once, and how many per second in the long run.
struct Limit: Sendable {
    let burst: Double
    let perSecond: Double
    var cost = 1.0
    /// What the bucket is kept for beside the token's owner and the operation, such as a channel.
    var subject: @Sendable (Call) -> String = { _ in "" }
    /// Operations with the same name share a bucket; without one each has its own.
    var shared: String?

    static func perMinute(_ calls: Double) -> Limit {
        Limit(burst: calls, perSecond: calls / 60)
    }
}

final class RateLimits: Sendable {
    private struct Bucket {
        var left: Double
        var filled: ContinuousClock.Instant
    }

    private let buckets = Mutex<[String: Bucket]>([:])

    /// Takes one call's cost from the bucket, or answers after how many whole seconds to come back.
    func take(_ limit: Limit, key: String, now: ContinuousClock.Instant = .now) -> Int? {
        buckets.withLock { buckets in
            var bucket = buckets[key] ?? Bucket(left: limit.burst, filled: now)
            let passed = (now - bucket.filled) / .seconds(1)
            bucket.left = min(limit.burst, bucket.left + passed * limit.perSecond)
            bucket.filled = now
            defer { buckets[key] = bucket }
            guard bucket.left < limit.cost else {
                bucket.left -= limit.cost
                return nil
            }
            return max(1, Int(((limit.cost - bucket.left) / limit.perSecond).rounded(.up)))
        }
    }
}
