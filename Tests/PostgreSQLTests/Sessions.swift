import PostgreSQL
import TestCluster
import Testing

/// Sessions with the server that all tests share, each in a database of its own.
enum Sessions {
    static func open(_ settings: SessionSettings = SessionSettings()) async throws -> PostgreSQLConnection {
        let cluster = try await TestCluster.shared
        return try await .connect(cluster.url(cluster.makeDatabase()), settings)
    }

    /// A session with an empty table `things (id BIGINT PRIMARY KEY, name TEXT, body BYTEA)`.
    static func withThings(_ settings: SessionSettings = SessionSettings()) async throws -> PostgreSQLConnection {
        let session = try await open(settings)
        try await session.execute("CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, body BYTEA)")
        return session
    }
}

extension PoolSettings {
    /// Nobody is told to give up because the machine is busy.
    static var patient: PoolSettings {
        var settings = PoolSettings()
        settings.waitLimit = .seconds(300)
        settings.session.connectLimit = .seconds(300)
        return settings
    }
}

extension PostgreSQLConnection {
    /// The one value of the one row.
    func value(_ sql: String, _ values: [SQLValue] = []) async throws -> SQLValue {
        try #require(await query(sql, values).rows.first?.first)
    }

    /// The error of a statement that must fail.
    func failure(_ sql: String, _ values: [SQLValue] = []) async throws -> PostgreSQLError {
        do throws(PostgreSQLError) {
            _ = try await query(sql, values)
        } catch {
            return error
        }
        throw Unexpected("`\(sql)` worked")
    }

    func failureOfSync() async throws -> PostgreSQLError {
        do throws(PostgreSQLError) {
            try await sync()
        } catch {
            return error
        }
        throw Unexpected("the sync worked")
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
