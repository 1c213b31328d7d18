import FoundationEssentials
import Glibc
import Storage

/// A home whose store is a PostgreSQL database that several gateways share. Each of them has a folder of its own with the
/// same keys.
enum SharedDatabase {
    private static let variable = "DEPUTY_DATABASE"

    static func keep(_ url: String, of paths: HomePaths) throws {
        try PrivateFile.replace(Array((url + "\n").utf8), at: paths.databaseURL)
    }

    /// The URL in the environment or in the home's file; nil for a home with an embedded store.
    static func url(of paths: HomePaths) throws -> String? {
        if let url = ProcessInfo.processInfo.environment[variable], !url.isEmpty { return url }
        var status = stat()
        guard lstat(paths.databaseURL, &status) == 0 else { return nil }
        guard status.st_mode & 0o077 == 0, let text = try? String(contentsOfFile: paths.databaseURL, encoding: .utf8)
        else {
            throw CommandFailure(
                .homeUnusable, "permissions", "`\(paths.databaseURL)` is open to other users, or can't be read",
                hint: "run `chmod 600 \(paths.databaseURL)`")
        }
        return String(text.prefix { !$0.isNewline })
    }

    /// - Throws: `CommandFailure` for a password in it: whatever stands in a command is shown to all who look at the
    ///   machine's processes.
    static func checked(argument url: String) throws -> String {
        let authority = url.drop { $0 != "/" }.prefix { $0 != "?" }
        let user = authority.prefix { $0 != "@" }
        let names = ["password=", "sslpassword="]
        guard !(authority.contains("@") && user.dropFirst(2).contains(":")), !names.contains(where: url.contains) else {
            throw CommandFailure(
                .miswritten, "password", "a password in a command is shown to everybody on the machine",
                hint: "set \(variable) to the URL, or give the password in PGPASSFILE")
        }
        return url
    }

    /// Holds the folder, so that its socket and its mark have one owner, for as long as the store is open.
    static func open(_ url: String, _ paths: HomePaths, _ hold: HomeLock) async throws -> SQLStore {
        do throws(StorageError) {
            return try await SQLStore.open(
                databaseAt: url, name: name, holding: hold, onLostWrite: Home.reportLostWrite)
        } catch {
            throw CommandFailure(error)
        }
    }

    private static var name: String {
        var host = [CChar](repeating: 0, count: 256)
        guard gethostname(&host, host.count - 1) == 0 else { return "gateway" }
        return String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
