public import Broker
public import Gate
import PostgreSQL

extension SQLStore: FreshLeases {
    public var isFenced: Bool { hasLostLease }

    public func withFreshLease(
        _ body: @Sendable (any Commits) async throws(CommitError) -> Void
    ) async throws(CommitError) {
        guard let fenced = driver as? SharedDriver else { return try await body(self) }
        let fresh: SQLStore
        do {
            fresh = SQLStore(driver: try await fenced.another(), StoreSettings(), onLostWrite: { _ in })
        } catch {
            throw CommitError(storing: error)
        }
        do throws(CommitError) {
            try await body(fresh)
        } catch {
            try? await fresh.close()
            throw error
        }
        try? await fresh.close()
    }
}

extension SharedDriver {
    /// The same database, for a little, with a lease of its own.
    fileprivate func another() async throws -> SharedDriver {
        do {
            let lease = try await Lease.take(named: "in place of \(lease.number)", in: url)
            return SharedDriver(
                url, pool: PostgreSQLPool(url, maximum: 2, SharedDriver.pooling), lease: lease, holding: nil)
        } catch let error as PostgreSQLError {
            throw StorageError(database: error)
        }
    }
}
