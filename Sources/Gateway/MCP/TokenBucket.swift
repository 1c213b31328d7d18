/// How much a token may still send: fills at a steady rate up to a burst, and each request takes one.
struct TokenBucket {
    let perSecond: Double
    let burst: Double
    private var level: Double
    private var last: ContinuousClock.Instant

    init(perSecond: Double, burst: Int, at now: ContinuousClock.Instant) {
        self.perSecond = perSecond
        self.burst = Double(max(1, burst))
        level = self.burst
        last = now
    }

    /// Takes so many, or none; the seconds to wait where there are too few.
    mutating func take(_ count: Int = 1, at now: ContinuousClock.Instant) -> Int? {
        fill(at: now)
        let wanted = Double(count)
        guard level < wanted else {
            level -= wanted
            return nil
        }
        guard perSecond > 0 else { return 3_600 }
        return Int(min(3_600, ((wanted - level) / perSecond).rounded(.up)))
    }

    /// Whether it is as good as new.
    func isFull(at now: ContinuousClock.Instant) -> Bool {
        var copy = self
        copy.fill(at: now)
        return copy.level >= burst
    }

    private mutating func fill(at now: ContinuousClock.Instant) {
        guard now > last else { return }
        level = min(burst, level + (now - last) / .seconds(1) * perSecond)
        last = now
    }
}
