import PostgreSQL
import TestCluster
import Testing

/// Each thing that may be wrong with a URL or its server is told apart, with what helps.
@Suite struct RefusalTests {
    private func refusal(_ url: DatabaseURL) async throws -> PostgreSQLError? {
        await #expect(throws: PostgreSQLError.self) { _ = try await PostgreSQLConnection.connect(url) }
    }

    @Test func `passwords, databases, roles and servers that aren't right`() async throws {
        let cluster = try TestCluster(access: "local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        let owner = try await PostgreSQLConnection.connect(cluster.url())
        try await owner.execute("CREATE ROLE alice LOGIN PASSWORD 'geheim'")
        await owner.close()
        let cases: [(url: String, message: String, hint: String)] = [
            ("alice@127.0.0.1:\(cluster.port)/postgres?passfile=/dev/null", "no password was given", "PGPASSFILE"),
            ("alice:falsch@127.0.0.1:\(cluster.port)/postgres", "alice", "password come from the URL"),
            ("alice:geheim@127.0.0.1:\(cluster.port)/nowhere", "nowhere", "createdb"),
            ("postgres@/nowhere?host=\(cluster.folder)&port=\(cluster.port)", "nowhere", "createdb"),
            ("127.0.0.1:1/postgres", "refused", "start the server"),
            ("/postgres?host=/nowhere", "/nowhere", "start the server"),
            (
                "alice:geheim@127.0.0.1:\(cluster.port)/postgres?sslmode=require", "does not support SSL",
                "switch TLS on"
            ),
        ]
        for (url, message, hint) in cases {
            let error = try await refusal(DatabaseURL("postgresql://" + url))
            #expect(error?.kind == .cannotConnect)
            #expect(error?.message.contains(message) == true, "\(String(describing: error))")
            #expect(error?.hint?.contains(hint) == true, "\(String(describing: error))")
            #expect(!"\(String(describing: error))".contains("geheim"))
        }
    }
}
