import PostgreSQL
import TestCluster
import Testing

@Suite struct CancellationTests {
    @Test func `cancelling the task cancels its statement on the server`() async throws {
        let session = try await Sessions.open()
        let observer = try await Sessions.open()
        guard case .integer(let process) = try await session.value("SELECT pg_backend_pid()") else { return }
        let task = Task { try await session.failure("SELECT pg_sleep(60)") }
        try await observer.awaitSleep(of: process)
        task.cancel()
        let error = try await task.value
        #expect(error.kind == .cancelled)
        #expect(error.sqlState == "57014")
        #expect(!mayRetry(error))
        #expect(try await session.value("SELECT 1") == .integer(1))
    }

    @Test func `a neighbour's statement on the same session isn't hit`() async throws {
        let session = try await Sessions.open()
        let observer = try await Sessions.open()
        guard case .integer(let process) = try await session.value("SELECT pg_backend_pid()") else { return }
        for round in 0..<20 {
            let first = Task { try? await session.query("SELECT pg_sleep(0.01)") }
            let second = Task { try await session.value("SELECT $1::bigint", [.integer(Int64(round))]) }
            if round.isMultiple(of: 2) { try await observer.execute("SELECT 1") }
            first.cancel()
            _ = await first.value
            #expect(try await second.value == .integer(Int64(round)))
        }
        #expect(try await session.value("SELECT pg_backend_pid()") == .integer(process))
    }

    @Test func `a statement of a task that is cancelled already isn't sent`() async throws {
        let session = try await Sessions.withThings()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await session.failure("INSERT INTO things (id) VALUES (1)")
        }
        task.cancel()
        #expect(try await task.value.kind == .cancelled)
        #expect(try await session.value("SELECT count(*) FROM things") == .integer(0))
    }

    @Test func `a statement that takes too long is given up by the server`() async throws {
        var settings = SessionSettings()
        settings.statementLimit = .milliseconds(400)
        settings.lockLimit = .milliseconds(350)
        settings.idleInTransactionLimit = .seconds(70)
        let session = try await Sessions.open(settings)
        #expect(try await session.value("SHOW statement_timeout") == .text("400ms"))
        #expect(try await session.value("SHOW lock_timeout") == .text("350ms"))
        #expect(try await session.value("SHOW idle_in_transaction_session_timeout") == .text("70s"))
        let error = try await session.failure("SELECT pg_sleep(60)")
        #expect(error.kind == .timeout)
        #expect(error.sqlState == "57014")
    }

    @Test func `a handshake that nobody answers ends in time, or with its task`() async throws {
        let silent = try Silence()
        let url = try DatabaseURL("postgresql://postgres@127.0.0.1:\(silent.port)/postgres")
        var settings = SessionSettings()
        settings.connectLimit = .milliseconds(30)
        let limited = settings
        await #expect { try await PostgreSQLConnection.connect(url, limited) } throws: {
            ($0 as? PostgreSQLError)?.kind == .timeout
        }
        let task = Task { try await PostgreSQLConnection.connect(url) }
        task.cancel()
        await #expect { try await task.value } throws: { ($0 as? PostgreSQLError)?.kind == .cancelled }
    }

    @Test func `a session begins as it is meant to`() async throws {
        let session = try await Sessions.open()
        #expect(try await session.value("SHOW application_name") == .text("deputy"))
        #expect(try await session.value("SHOW client_encoding") == .text("UTF8"))
        #expect(try await session.value("SHOW standard_conforming_strings") == .text("on"))
    }
}
