public import Authority
public import Gate
import Ledger
public import Wire

/// Why the ledger can't be read as asked.
struct LedgerDeskError: Error {
    let status: Int
    let code: String
    let message: String
    var hint: String?
}

/// Reads and verifies the trees. Payloads aren't here: reading them is a role of its own.
public struct LedgerDesk: Sendable {
    let store: any LedgerStore
    let keys: LedgerKeys
    let now: @Sendable () -> Timestamp

    public init(store: any LedgerStore, keys: LedgerKeys, now: @escaping @Sendable () -> Timestamp) {
        self.store = store
        self.keys = keys
        self.now = now
    }

    func trees() async throws -> JSON {
        var trees: [JSON] = []
        for tree in try await store.trees() {
            let head = try await store.head(of: tree)
            trees.append([
                "tree": .string(tree.raw), "origin": .string(keys.origin(of: tree)),
                "key": .string(try keys.key(of: tree).key.description), "size": .number(JSONNumber(head.size)),
                "root": .string(Base64.encode(head.root.bytes)),
            ])
        }
        return ["trees": .array(trees)]
    }

    func tree(_ name: String) async throws -> TreeID {
        let trees = try await store.trees()
        guard let tree = trees.first(where: { $0.raw == name }) else {
            throw LedgerDeskError(
                status: 404, code: "unknown", message: "no tree is called `\(name)`",
                hint: "one of " + trees.map { "`\($0.raw)`" }.joined(separator: ", "))
        }
        return tree
    }

    /// `from` and `limit` count from the first record; a negative `from` counts from the end.
    func records(of name: String, _ query: [String: String]) async throws -> JSON {
        let tree = try await tree(name)
        let size = try await store.head(of: tree).size
        let from = query["from"].flatMap { Int64($0) } ?? -20
        let limit = min(max(query["limit"].flatMap { Int($0) } ?? 20, 1), 1000)
        let start = from < 0 ? max(size + from, 0) : from
        var records: [JSON] = []
        for record in try await store.records(of: tree, from: start, limit: limit) {
            records.append(try JSON.parse(record.bytes))
        }
        return ["tree": .string(name), "size": .number(JSONNumber(size)), "records": .array(records)]
    }

    /// Verifies every tree from its records, its checkpoints and the public key.
    public func verify() async throws -> JSON {
        var reports: [JSON] = []
        var isIntact = true
        for tree in try await store.trees() {
            do {
                reports.append(json(try await report(on: tree), of: tree))
            } catch let fault as LedgerFault {
                isIntact = false
                reports.append([
                    "tree": .string(tree.raw), "intact": false, "position": .number(JSONNumber(fault.position)),
                    "rule": .string(fault.rule.rawValue), "message": .string(fault.message),
                ])
            }
        }
        return ["intact": .bool(isIntact), "trees": .array(reports)]
    }

    private func report(on tree: TreeID) async throws -> LedgerReport {
        // Checkpoints are read before the head, and the head before the records: what is appended meanwhile is left for
        // the next time.
        let checkpoints = try await store.checkpoints(of: tree)
        let head = try await store.head(of: tree)
        var verifier = LedgerVerifier(
            origin: keys.origin(of: tree), key: try keys.key(of: tree).key, checkpoints: checkpoints)
        var next: Int64 = 0
        while next < head.size {
            let count = min(Int64(LedgerVerifier.batchSize), head.size - next)
            let batch = try await store.records(of: tree, from: next, limit: Int(count))
            if batch.isEmpty { break }
            try await verifier.add(batch.map { LedgerVerifier.StoredRecord($0.bytes, hash: $0.hash) })
            next += Int64(batch.count)
        }
        return try verifier.finish(head: (head.size, head.root))
    }

    private func json(_ report: LedgerReport, of tree: TreeID) -> JSON {
        let now = now().microseconds
        return [
            "tree": .string(tree.raw), "intact": true, "records": .number(JSONNumber(report.records)),
            "root": .string(Base64.encode(report.root.bytes)), "checkpoints": .number(JSONNumber(report.checkpoints)),
            "unsigned": .number(JSONNumber(report.unsigned)),
            "open": .array(report.openIntents.map { .string($0.call) }),
            "silences": .array(report.silences.map(json)),
            "overdue": .array(
                report.running.filter { $0.isOverdue(at: now) }.map {
                    ["gateway": .string($0.gateway), "from": .number(JSONNumber($0.time))]
                }),
        ]
    }

    private func json(_ silence: LedgerSilence) -> JSON {
        [
            "cause": .string(silence.cause.rawValue), "gateway": .string(silence.gateway),
            "position": .number(JSONNumber(silence.position)), "from": .number(JSONNumber(silence.from)),
            "until": .number(JSONNumber(silence.until)),
        ]
    }
}
