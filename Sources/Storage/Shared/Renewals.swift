/// When a gateway renewed its lease, and so whether the database was there for the others too.
///
/// After a time in which it answered nobody, every lease may have run out, some a little sooner than others. Whoever missed one
/// renewal says of nobody that they are gone before all had as long to renew theirs as a lease is good for.
struct Renewals {
    /// A renewal that failed and one that took its time make no more than that.
    static let unbroken = Lease.renewal * 2

    private var last: ContinuousClock.Instant
    /// When they went on after a break.
    private var resumed: ContinuousClock.Instant?

    init(since start: ContinuousClock.Instant) { last = start }

    mutating func renewed(at now: ContinuousClock.Instant) {
        if last.duration(to: now) > Renewals.unbroken { resumed = now }
        last = now
    }

    func mayJudge(at now: ContinuousClock.Instant) -> Bool {
        last.duration(to: now) <= Renewals.unbroken
            && resumed.map { $0.duration(to: now) > .seconds(Lease.seconds) } ?? true
    }
}
