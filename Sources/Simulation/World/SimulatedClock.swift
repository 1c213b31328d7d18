import Authority

/// The machine's clock, which jumps. A process reads it as the product does: never below what it said before, nor below
/// the ledger's last leaf.
struct SimulatedClock: Sendable {
    private let time = Confined<Int64>(1_795_000_000_000_000)
    private let steadyTime = Confined<Int64>(1_795_000_000_000_000)

    var now: Timestamp { Timestamp(microseconds: time.value) }

    /// The clock of the store that gateways share, which doesn't jump with theirs.
    var steady: Timestamp { Timestamp(microseconds: steadyTime.value) }

    func advance(microseconds: Int64) {
        time.value += microseconds
        steadyTime.value += microseconds
    }

    func jump(microseconds: Int64) { time.value += microseconds }

    /// What a process says that began when the ledger's last leaf had this time.
    func reading(notBefore earliest: Timestamp) -> @Sendable () -> Timestamp {
        let latest = Confined(earliest)
        return {
            latest.value = max(latest.value, now)
            return latest.value
        }
    }
}
