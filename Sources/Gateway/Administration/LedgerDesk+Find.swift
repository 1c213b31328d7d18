import Gate
import Ledger
import Wire

extension LedgerDesk {
    private static let batch: Int64 = 1_000

    /// The newest records that fit, oldest first. `after` leaves out what is at that index or before it.
    func find(in name: String, _ query: [String: String]) async throws -> JSON {
        let filter = try LedgerFilter(query)
        let tree = try await tree(name)
        let size = try await store.head(of: tree).size
        let limit = min(max(query["limit"].flatMap { Int($0) } ?? 20, 1), 1000)
        let lowest = query["after"].flatMap { Int64($0) }.map { min(max($0, -1), size) + 1 } ?? 0
        var search = LedgerSearch(filter, from: lowest, limit: limit)
        var first = size
        while first > 0, !search.isDone(at: first) {
            let start = max(0, first - LedgerDesk.batch)
            for record in try await store.records(of: tree, from: start, limit: Int(first - start)).reversed()
            where filter.canMatch(record.bytes) {
                search.take(try JSON.parse(record.bytes))
            }
            first = start
        }
        return [
            "tree": .string(name), "size": .number(JSONNumber(size)), "records": .array(search.records),
        ]
    }

    /// All that the ledger holds of one call: its decisions, intent and outcome, and what became of its approval.
    func call(_ id: String, in tree: TreeID) async throws -> [JSON] {
        let size = try await store.head(of: tree).size
        let own = try await leaves(of: tree, size) { bytes in bytes.holds(Array(id.utf8)) }
            .filter { $0["call"]?.stringValue == id }
        let approvals = Set(own.compactMap { $0["approval"]?.stringValue })
        guard !approvals.isEmpty else { return own }
        let ids = approvals.map { Array($0.utf8) }
        return try await leaves(of: tree, size) { bytes in ids.contains { bytes.holds($0) } }
            .filter { approvals.contains($0["approval"]?.stringValue ?? "") || $0["call"]?.stringValue == id }
            + own.filter { $0["approval"] == nil }
    }

    /// The record at an index.
    func record(_ index: Int64, in tree: TreeID) async throws -> JSON? {
        try await store.records(of: tree, from: max(0, index), limit: 1).first.map { try JSON.parse($0.bytes) }
    }

    private func leaves(
        of tree: TreeID, _ size: Int64, where isWanted: ([UInt8]) -> Bool
    ) async throws -> [JSON] {
        var found: [JSON] = []
        var next: Int64 = 0
        while next < size {
            let batch = try await store.records(of: tree, from: next, limit: Int(min(LedgerDesk.batch, size - next)))
            if batch.isEmpty { break }
            for record in batch where isWanted(record.bytes) { found.append(try JSON.parse(record.bytes)) }
            next += Int64(batch.count)
        }
        return found
    }
}
