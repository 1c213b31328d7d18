/// What a store is opened with. Tests open faulty ones.
struct StoreSettings: Sendable {
    /// Set after opening, and read back: anything but `FULL` keeps the store from starting.
    var synchronous = "FULL"
    /// The most pages that the file may grow to; nil for SQLite's own limit.
    var maximumPages: Int?
    /// The most transactions that wait. Beyond it writers are turned away rather than kept in memory.
    var waiting = 4096
    /// The most connections to a shared database.
    var connections = 8
    var migrations = Migrations.all
}
