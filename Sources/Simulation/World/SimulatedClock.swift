import Authority

/// The machine's clock, which jumps. A process reads it as the product does: never below what it said before, nor below
/// the ledger's last leaf.
final class SimulatedClock: @unchecked Sendable {
    private(set) var microseconds: Int64 = 1_795_000_000_000_000

    func advance(microseconds: Int64) { self.microseconds += microseconds }

    /// What a process says that began when the ledger's last leaf had this time.
    func reading(notBefore earliest: Timestamp) -> @Sendable () -> Timestamp {
        let reader = Reader(latest: earliest.microseconds)
        return { [self] in
            reader.latest = max(reader.latest, microseconds)
            return Timestamp(microseconds: reader.latest)
        }
    }

    private final class Reader: @unchecked Sendable {
        var latest: Int64

        init(latest: Int64) {
            self.latest = latest
        }
    }
}
