public import Foundation
public import PostgreSQL

/// A PostgreSQL server of its own for tests: made in a temporary folder, gone with the process that made it.
///
/// It takes connections on a socket in its folder and on a port of 127.0.0.1; `fsync` is on. PostgreSQL refuses to run as
/// root, so for root it runs as the user `postgres`.
public final class TestCluster: Sendable {
    /// One server for all tests of a process that don't harm it, started at the first use.
    public static var shared: TestCluster { get async throws { try await starting.value } }

    private static let starting = Task {
        try await withCheckedThrowingContinuation { waiter in
            // Not on one of Swift's threads, all of which other tests may need meanwhile.
            Thread.detachNewThread { waiter.resume(with: Result { try TestCluster() }) }
        }
    }

    /// Where its files and its socket are; short, since a socket's path may have 107 bytes.
    public let folder: String
    public let port: Int
    private let tools: ServerTools
    private let watchdog: Watchdog

    /// Makes and starts a server. `settings` are lines for `postgresql.conf`; `files` lie beside them, readable by the
    /// server alone, and `access` replaces `pg_hba.conf`.
    public init(settings: [String] = [], files: [String: Data] = [:], access: String? = nil) throws {
        tools = try ServerTools()
        folder = try tools.makeFolder()
        watchdog = try Watchdog(over: folder)
        port = try FreePort.find()
        try tools.run("initdb", "-N", "-D", data, "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8")
        for (name, contents) in files { try tools.write(contents, to: "\(data)/\(name)") }
        if let access { try tools.write(Data(access.utf8), to: "\(data)/pg_hba.conf") }
        let lines = [
            "port = \(port)", "unix_socket_directories = '\(folder)'", "listen_addresses = '127.0.0.1'", "fsync = on",
            // Every test makes a database of its own, with all its tables in one transaction, and many do at once.
            "max_connections = 400", "max_locks_per_transaction = 512",
        ]
        try tools.write(Data((lines + settings).joined(separator: "\n").utf8), to: "\(data)/postgresql.auto.conf")
        try start()
    }

    private var data: String { "\(folder)/data" }

    /// The URL of a database, over the socket.
    public func url(_ database: String = "postgres") throws -> DatabaseURL {
        try DatabaseURL("postgresql://postgres@/\(database)?host=\(folder)&port=\(port)")
    }

    /// Makes an empty database and returns its name.
    public func makeDatabase() async throws -> String {
        let name = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }
        let connection = try await PostgreSQLConnection.connect(url())
        try await connection.execute("CREATE DATABASE \(name)")
        await connection.close()
        return name
    }

    /// Starts the server after ``stop()`` or ``crash()``, and returns when it takes connections.
    public func start() throws {
        // After a crash the last of its processes may still hold the memory that they shared.
        try tools.persist {
            try tools.run("pg_ctl", "-D", data, "-l", "\(folder)/log", "-w", "-t", "60", "start")
        }
    }

    /// Shuts the server down, ending its sessions.
    public func stop() throws {
        try tools.run("pg_ctl", "-D", data, "-m", "fast", "-w", "stop")
    }

    /// Kills the server as a loss of power would, its sessions with it.
    public func crash() throws {
        let process = try tools.postmaster(of: data)
        kill(process, SIGKILL)
        try tools.persist { if tools.exists(process) { throw TestClusterError("process \(process) doesn't end") } }
    }

    /// What the server wrote to its log.
    public var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }
}

/// Why there is no server for tests.
public struct TestClusterError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
