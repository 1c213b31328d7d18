import Authority
import Gate
import Storage
import Turns
import Wire

/// What a ledger says was forgotten or corrected: of each entry the words that are there still, if any.
struct ForgottenMemories {
    /// The version that counts; nil where none does.
    private var versions: [MemoryID: Int?] = [:]

    private static let batch = 1_000
    private static let mark = Array(#""memory.""#.utf8.dropLast())

    /// Reads the organization's tree from its beginning.
    init(_ store: SQLStore, in organization: OrganizationID) async throws {
        var next: Int64 = 0
        while true {
            let records = try await store.records(
                of: .organization(organization), from: next, limit: ForgottenMemories.batch)
            for record in records { note(record.bytes) }
            guard records.count == ForgottenMemories.batch else { return }
            next += Int64(records.count)
        }
    }

    /// The entries, in the order of their names.
    var ids: [MemoryID] { versions.keys.sorted() }

    func isGone(_ entry: MemoryEntry) -> Bool {
        switch versions[entry.id] {
        case nil: false
        case .some(nil): true
        case .some(let version?): entry.version < version
        }
    }

    private mutating func note(_ bytes: [UInt8]) {
        // Most leaves aren't about memory, and needn't be parsed.
        guard bytes.contains(ForgottenMemories.mark), let leaf = try? JSON.parse(bytes),
            let id = leaf["memory"]?.stringValue.map({ MemoryID($0) })
        else { return }
        switch leaf["change"]?.stringValue {
        case "memory.forgotten": versions[id] = .some(nil)
        case "memory.corrected":
            guard let version = leaf["version"]?.integerValue.flatMap({ Int(exactly: $0) }) else { return }
            versions[id] = .some(version)
        default: break
        }
    }
}
