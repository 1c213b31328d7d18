import ArgumentParser
import Glibc
import Storage
import Wire

struct MigrateStoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate-store", abstract: "Move the home's store to a shared PostgreSQL database.",
        discussion: """
            Stop the gateway first. Everything is copied in one transaction and compared row by row before it is kept; \
            the embedded store stays beside, as deputy.sqlite.moved. Afterwards other gateways may share the database: \
            give each a folder of its own with the same keys.
            """)

    @OptionGroup var common: CommonOptions

    @Option(
        help:
            "The empty database, such as postgresql://deputy@host/deputy?sslmode=verify-full. With a password: DEPUTY_DATABASE."
    )
    var to: String?

    func run() async throws {
        let paths = common.paths
        guard let url = try to.map(SharedDatabase.checked(argument:)) ?? SharedDatabase.url(of: paths) else {
            throw CommandFailure(
                .miswritten, "to", "no database is named", hint: "name it with `--to URL`, or in DEPUTY_DATABASE")
        }
        guard access(paths.database, F_OK) == 0 else {
            throw CommandFailure(
                .homeUnusable, "no_store", "`\(paths.root)` has no embedded store",
                hint: access(paths.databaseURL, F_OK) == 0
                    ? "it has moved already, to the database that `\(paths.databaseURL)` names"
                    : "make a home with `deputy init NAME --domain example.org`")
        }
        let store = try Home.translating {
            try SQLStore.open(at: paths.database, onLostWrite: Home.reportLostWrite)
        }
        let moved: MovedStore
        do {
            moved = try await store.move(toDatabaseAt: url)
            try SharedDatabase.keep(url, of: paths)
            try await store.close()
        } catch {
            try? await store.close()
            throw (error as? StorageError).map {
                CommandFailure(.refused, $0.code.rawValue, $0.message, hint: $0.hint)
            } ?? error
        }
        for end in ["", "-wal", "-shm"] { rename(paths.database + end, paths.movedDatabase + end) }
        try PrivateFile.syncFolder(of: paths.database)
        let count = moved.rows.reduce(0) { $0 + $1.count }
        let tables = moved.rows.map { ($0.table, JSON.number(JSONNumber($0.count))) }
        common.show(["rows": .number(JSONNumber(count)), "tables": .object(JSONObject(tables))]) {
            print("Moved \(count) rows of \(tables.count) tables; each was compared.")
            print("The store as it was stays at \(paths.movedDatabase); remove it when all is well.")
        }
    }
}
