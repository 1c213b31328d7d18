public import Authority
import Gate
import PostgreSQL

/// The store of a home: the same repositories and the same SQL, over one of two databases.
///
/// Many callers' transactions share one durable commit. There is no timer: a commit starts when the one before it ends,
/// with everything that has gathered meanwhile.
public final class SQLStore: Sendable {
    let driver: any Driver
    let queue: CommitQueue

    init(driver: any Driver, _ settings: StoreSettings, onLostWrite: @escaping @Sendable (String) -> Void) {
        self.driver = driver
        queue = CommitQueue(driver: driver, bound: settings.waiting, onLostWrite: onLostWrite)
    }

    /// Opens the embedded store, brings its schema up to date and holds it until it is closed.
    ///
    /// The file is made if there is none, readable by its owner alone.
    ///
    /// - Parameter onLostWrite: told when a queued outcome of a read couldn't be written.
    /// - Throws: `StorageError` when another process holds it, when it wouldn't be durable, or when its schema isn't one
    ///   that this version knows.
    public static func open(
        at path: String, onLostWrite: @escaping @Sendable (String) -> Void
    ) throws(StorageError) -> SQLStore {
        try open(at: path, StoreSettings(), onLostWrite: onLostWrite)
    }

    /// Opens the store of a home that the caller holds, and takes that over.
    public static func open(
        at path: String, takingOver hold: HomeLock, onLostWrite: @escaping @Sendable (String) -> Void
    ) throws(StorageError) -> SQLStore {
        try open(at: path, StoreSettings(), lock: hold, onLostWrite: onLostWrite)
    }

    /// Opens the store of a home that the caller holds, and goes on holding.
    public static func open(
        at path: String, under held: HomeLock, onLostWrite: @escaping @Sendable (String) -> Void
    ) throws(StorageError) -> SQLStore {
        try open(at: path, StoreSettings(), lock: nil, onLostWrite: onLostWrite)
    }

    static func open(
        at path: String, _ settings: StoreSettings, onLostWrite: @escaping @Sendable (String) -> Void
    ) throws(StorageError) -> SQLStore {
        try open(at: path, settings, lock: try HomeLock(database: path), onLostWrite: onLostWrite)
    }

    private static func open(
        at path: String, _ settings: StoreSettings, lock: HomeLock?, onLostWrite: @escaping @Sendable (String) -> Void
    ) throws(StorageError) -> SQLStore {
        SQLStore(
            driver: try SQLiteDriver(path: path, settings, lock: lock), settings, onLostWrite: onLostWrite)
    }

    /// Opens a shared database, brings its schema up to date and takes a lease there.
    ///
    /// - Parameters:
    ///   - name: of this gateway, for those who look at the database.
    ///   - hold: the gateway's own folder, let go when the store is closed.
    /// - Throws: `StorageError` when the database can't be reached, wouldn't be durable, or its schema isn't one that this
    ///   version knows.
    public static func open(
        databaseAt url: String, name: String, holding hold: HomeLock,
        onLostWrite: @escaping @Sendable (String) -> Void
    ) async throws(StorageError) -> SQLStore {
        let url = try StorageError.translating { () throws(PostgreSQLError) in try DatabaseURL(url) }
        return try await open(url, name: name, holding: hold, onLostWrite: onLostWrite)
    }

    static func open(
        _ url: DatabaseURL, name: String, _ settings: StoreSettings = StoreSettings(), holding hold: HomeLock? = nil,
        onLostWrite: @escaping @Sendable (String) -> Void
    ) async throws(StorageError) -> SQLStore {
        let driver = try await SharedDriver.open(url, name: name, settings, holding: hold)
        return SQLStore(driver: driver, settings, onLostWrite: onLostWrite)
    }

    /// Turns new writers away, waits for those that are queued, and closes the database.
    public func close() async throws {
        await queue.close()
        try await driver.close()
    }

    /// Whether commits succeed at all. The last one that failed for the store's own sake makes it false.
    public var isWritable: Bool { queue.isWritable }

    /// How many durable commits there were since opening. One may hold many transactions.
    public var groups: Int { queue.groups }

    /// How many transactions wait for the next commit.
    public var queued: Int { queue.length }

    /// - Parameter observer: told of each commit how many transactions it had and how long it took. It returns at once.
    public func observeCommits(_ observer: @escaping @Sendable (Int, Duration) -> Void) { queue.observe(observer) }

    /// Whether several gateways may share it.
    public var isShared: Bool { driver is SharedDriver }

    /// Whether another gateway has taken over from this one, which it took for dead. Nothing is committed any more.
    public var hasLostLease: Bool { (driver as? SharedDriver)?.lease.hasBeenLost ?? false }

    /// The time by the clock of a database that gateways share: theirs may differ. Nil for a store of one process.
    public var sharedTime: Timestamp? {
        (driver as? SharedDriver).map { Timestamp(microseconds: $0.lease.time) }
    }

    /// Why nothing is read or committed any more: the database went back behind what this gateway has seen of it.
    public var wentBack: StorageError? { (driver as? SharedDriver)?.known.wentBack }

    /// Tells what other gateways did, until the task is cancelled. Returns at once for a store of one process.
    public func listen(_ hear: @escaping @Sendable (StoreNews) -> Void) async {
        await (driver as? SharedDriver)?.listen(hear)
    }

    /// Whether this gateway is the one that does a job of which there is one, such as sending notices.
    public func leads(_ job: String) async throws -> Bool { try await driver.leads(job) }

    func rows(_ query: Query, _ values: [any Storable] = []) async throws -> [Row] {
        try await driver.rows(query, values.bound())
    }

    func row(_ query: Query, _ values: [any Storable]) async throws -> Row? {
        try await driver.find(query, values.bound())
    }

    func write(_ query: Query, _ values: [any Storable]) async throws {
        try await driver.write(query, values.bound())
    }
}
