import Foundation
import PostgreSQL
import TestCluster
import Testing

/// A server that takes nothing but TLS, with a certificate for `localhost` of an authority of the test's own.
@Suite struct TLSTests {
    private func connect(_ cluster: TestCluster, _ place: String, _ parameters: String) async throws -> PostgreSQLError?
    {
        let url = try DatabaseURL("postgresql://alice:geheim@\(place):\(cluster.port)/postgres?\(parameters)")
        do throws(PostgreSQLError) {
            let session = try await PostgreSQLConnection.connect(url)
            let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            #expect(try await session.query(sql).rows == [[.integer(1)]])
            return nil
        } catch {
            #expect(!"\(error)".contains("geheim") && !String(reflecting: error).contains("geheim"))
            return error
        }
    }

    @Test func `the right authority, name and password are let in, and nothing else`() async throws {
        let authority = try TestAuthority()
        let certificate = try authority.certificate(for: "localhost")
        let cluster = try TestCluster(
            settings: ["ssl = on", "ssl_cert_file = 'server.crt'", "ssl_key_file = 'server.key'"],
            files: ["server.crt": certificate.certificate, "server.key": certificate.key],
            access: "local all postgres trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
        let owner = try await PostgreSQLConnection.connect(cluster.url())
        try await owner.execute("CREATE ROLE alice LOGIN PASSWORD 'geheim'")
        let trusted = "sslmode=verify-full&sslrootcert=\(authority.file)"
        #expect(try await connect(cluster, "localhost", trusted + "&hostaddr=127.0.0.1") == nil)

        let otherName = try await connect(cluster, "127.0.0.1", trusted)
        #expect(otherName?.kind == .cannotConnect)
        #expect(otherName?.message.contains("does not match host name") == true)

        let stranger = try TestAuthority()
        let wrong = try await connect(
            cluster, "localhost", "sslmode=verify-full&hostaddr=127.0.0.1&sslrootcert=\(stranger.file)")
        #expect(wrong?.message.contains("certificate verify failed") == true)

        let system = try await connect(
            cluster, "localhost", "sslmode=verify-full&hostaddr=127.0.0.1&sslrootcert=system")
        #expect(system?.kind == .cannotConnect)

        let clear = try await connect(cluster, "localhost", "sslmode=disable&hostaddr=127.0.0.1")
        #expect(clear?.message.contains("no encryption") == true)

        try await owner.execute("ALTER ROLE alice PASSWORD 'other'")
        let password = try await connect(cluster, "localhost", trusted + "&hostaddr=127.0.0.1")
        #expect(password?.message.contains("password authentication failed") == true)
        try cluster.stop()
    }
}
