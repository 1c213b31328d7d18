import Testing

@testable import Storage

@Suite struct IndexTests {
    /// Each is run by every commit of its kind.
    @Test(arguments: [
        Query("EXPLAIN QUERY PLAN DELETE FROM spent WHERE until < $1"),
        Query("EXPLAIN QUERY PLAN SELECT hash FROM oauth_codes WHERE expires <= $1 ORDER BY expires, hash LIMIT 100"),
        Query("EXPLAIN QUERY PLAN SELECT hash FROM oauth_tokens WHERE expires <= $1 ORDER BY expires, hash LIMIT 100"),
        Query("EXPLAIN QUERY PLAN SELECT hash FROM login_links WHERE expires <= $1 ORDER BY expires, hash LIMIT 100"),
        Query("EXPLAIN QUERY PLAN SELECT * FROM connect_flows WHERE until <= $1 ORDER BY until, id LIMIT 100"),
    ])
    func `what is forgotten for its age is found without looking at the rest`(_ query: Query) async throws {
        let home = try TemporaryHome()
        let store = try home.open()
        let plan = try await store.rows(query, [Int64(0)]).map { try $0["detail"] as String }
        #expect(!plan.isEmpty)
        #expect(plan.allSatisfy { !$0.hasPrefix("SCAN") }, "\(plan)")
        try await store.close()
    }
}
