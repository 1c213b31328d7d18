/// Which statements the session has prepared, by their text, the least recently used going first.
struct StatementCache {
    private struct Entry {
        let name: String
        var lastUse: Int
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var uses = 0
    private var named = 0
    /// Names that the session still holds and nobody uses any more; to be deallocated.
    private(set) var leaving: [String] = []

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var count: Int { entries.count }

    /// The name under which `sql` is prepared, or nil.
    mutating func name(of sql: String) -> String? {
        uses += 1
        entries[sql]?.lastUse = uses
        return entries[sql]?.name
    }

    /// A new name for `sql`, which is about to be prepared. Another statement leaves if there are too many.
    mutating func add(_ sql: String) -> String {
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
            leaving.append(oldest.value.name)
        }
        uses += 1
        named += 1
        let name = "d\(named)"
        entries[sql] = Entry(name: name, lastUse: uses)
        return name
    }

    /// Forgets `sql`, whose preparation the server didn't carry out.
    mutating func drop(_ sql: String, named name: String) {
        if entries[sql]?.name == name {
            entries[sql] = nil
        } else {
            leaving.removeAll { $0 == name }
        }
    }

    /// Forgets `sql`, whose plan doesn't fit the tables any more.
    mutating func expire(_ sql: String) {
        guard let entry = entries.removeValue(forKey: sql) else { return }
        leaving.append(entry.name)
    }

    /// The names to deallocate, which are no longer this cache's.
    mutating func takeLeaving() -> [String] {
        defer { leaving = [] }
        return leaving
    }

    /// A name whose deallocation didn't happen.
    mutating func stays(_ name: String) {
        leaving.append(name)
    }
}
