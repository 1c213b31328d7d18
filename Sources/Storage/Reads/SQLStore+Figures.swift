import Gate
import Wire

/// How many rows there are of what people look after.
public struct StoreFigures: Sendable, Hashable {
    /// By health, over all organizations.
    public let connections: [String: Int]
    /// Without a known outcome, by state.
    public let calls: [String: Int]
    /// That wait for a person, or were agreed to and not carried out yet.
    public let pendingApprovals: Int
}

extension SQLStore {
    private static let connectionsByHealth = Query(
        "SELECT health AS name, count(*) AS number FROM connections GROUP BY health")
    private static let callsByState = Query("SELECT state AS name, count(*) AS number FROM calls GROUP BY state")
    private static let pendingApprovals = Query("SELECT count(*) AS number FROM approvals WHERE is_pending = 1")

    /// Counts. Connections are gone through one by one, so this isn't for every second.
    public func figures() async throws -> StoreFigures {
        StoreFigures(
            connections: try await counts(SQLStore.connectionsByHealth),
            calls: try await counts(SQLStore.callsByState),
            pendingApprovals: try await rows(SQLStore.pendingApprovals).first?["number"] ?? 0)
    }

    private func counts(_ query: Query) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for row in try await rows(query) { counts[try row["name"]] = try row["number"] }
        return counts
    }

    /// Writes something that means nothing, durably: after a failure only a write can tell whether writes succeed again.
    public func probe() async {
        let value = randomBytes(SQLStore.probeBytes)
        guard (try? await write(SQLStore.keepProbe, [SQLStore.probeName, value])) != nil else { return }
        try? await commit(Transaction())
    }

    // More than a call writes. Random, so that no database keeps it in less, or in a page that it has already.
    private static let probeBytes = 1 << 16
    private static let probeName = "write-probe"
    private static let keepProbe = Query(
        "INSERT INTO home (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
}
