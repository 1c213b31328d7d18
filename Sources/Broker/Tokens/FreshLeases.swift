public import Gate

/// Another place in the store for a gateway that others took for dead, which commits nothing any more.
public protocol FreshLeases: Sendable {
    /// Whether this gateway has lost its own place.
    var isFenced: Bool { get }

    /// Commits through a lease that is taken for this and given back. Nothing that the gateway had open comes along, so
    /// that only what stands by itself may be written: tokens, over the generation that they were asked with.
    ///
    /// - Throws: what `body` throws, and `unavailable` when there is no place to be had.
    func withFreshLease(
        _ body: @Sendable (any Commits) async throws(CommitError) -> Void
    ) async throws(CommitError)
}
