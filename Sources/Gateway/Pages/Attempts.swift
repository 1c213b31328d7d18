/// Secrets that are tried, by where from. None can be guessed: so each is looked at first, what is right is never refused, and
/// only what failed is charged. Many share an address, behind a router or on one host.
///
/// An address that failed too often is told to wait where it fails again, and is looked at a few at a time: so many reads of
/// the store it costs at once at the most, and whoever is right waits for those alone that came before.
final class Attempts: Sendable {
    private let failures: Tries<SourceAddress>
    private let line: Line<SourceAddress>

    init(
        burst: Int, perSecond: Double, atOnce: Int = 4,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        failures = Tries(burst: burst, perSecond: perSecond, now: now)
        line = Line(atOnce: atOnce)
    }

    /// Looks at what came from an address, at once unless it failed too often.
    func look<Value, Failure>(
        at address: SourceAddress, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard failures.isSpent(by: address) else { return try await body() }
        await line.enter(address)
        defer { line.leave(address) }
        return try await body()
    }

    /// Charges what failed; the seconds to wait where too much did.
    func charge(_ address: SourceAddress) -> Int? { failures.take(of: address) }

    var waiting: Int { line.waiting }
}
