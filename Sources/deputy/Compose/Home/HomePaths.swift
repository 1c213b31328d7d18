/// Where things lie in a home.
struct HomePaths: Sendable {
    let root: String

    var database: String { root + "/deputy.sqlite" }
    /// The URL of a shared database, if the home has its store there. It may hold a password.
    var databaseURL: String { root + "/database.url" }
    /// What is left of the embedded store when a home has moved to a shared one.
    var movedDatabase: String { database + ".moved" }
    var keys: String { root + "/keys" }
    var keyFile: String { keys + "/vault.key" }
    /// Where a change of the key file is written before it counts.
    var keyDraft: String { keyFile + ".new" }
    /// How far the ledger was signed: kept beside the keys, so that an older copy of the database is noticed.
    var mark: String { keys + "/ledger.mark" }
    /// Up to where the connections were compared with the ledger.
    var auditMark: String { keys + "/audit.mark" }
    /// Where a backup copies the database to before it is sealed.
    var copy: String { database + ".copy" }
    /// Where a restore makes the database ready.
    var draft: String { database + ".restoring" }
    var socket: String { root + "/deputy.sock" }
    /// How much a running gateway logs, where somebody says so.
    var logLevel: LogLevelFile { LogLevelFile(path: root + "/log-level") }
    /// A folder for each agent, in which people edit its documents.
    var workspaces: String { root + "/workspaces" }
    /// Manifests of the home's own, in the format of the bundled ones.
    var providers: String { root + "/providers" }
}
