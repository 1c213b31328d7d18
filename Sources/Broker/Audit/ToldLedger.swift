import Authority
import Gate
import Ledger
import Wire

/// The whole ledger of an organization, verified, and what it tells of each connection.
struct ToldLedger {
    private let store: any LedgerStore
    private let tree: TreeID
    private var verifier: LedgerVerifier
    private var next: Int64 = 0
    private(set) var told: [String: Told] = [:]

    init(_ store: any LedgerStore, of tree: TreeID, signing: LedgerKeys) async throws {
        self.store = store
        self.tree = tree
        verifier = LedgerVerifier(
            origin: signing.origin(of: tree), key: try signing.key(of: tree).key,
            checkpoints: try await store.checkpoints(of: tree))
    }

    /// Takes what is there by now.
    ///
    /// - Throws: `LedgerFault` when the ledger doesn't verify.
    mutating func readOn(rest: AuditRest) async throws {
        let head = try await store.head(of: tree)
        while next < head.size {
            let batch = try await store.records(of: tree, from: next, limit: Int(min(1000, head.size - next)))
            if batch.isEmpty { break }
            next += Int64(batch.count)
            try await verifier.add(batch.map { LedgerVerifier.StoredRecord($0.bytes, hash: $0.hash) })
            for record in batch where record.bytes.holds(Told.mark) || record.bytes.holds(TokenStep.mark) {
                if let (id, leaf) = Told.leaf(record.bytes) { Told.take(leaf, &told[id]) }
                if let owner = Told.ownerOfRevoked(record.bytes) {
                    for (id, one) in told where one.owner == owner { told[id]?.health = .revoked }
                }
            }
            try await rest()
        }
        _ = try verifier.finish(head: (head.size, head.root))
    }

    mutating func seen(_ connection: String) { told[connection]?.isThere = true }

    /// Where an audit that found nothing goes on the next time.
    func mark() -> AuditMark {
        let key = randomBytes(32)
        var sum = ConnectionSum()
        for (connection, told) in told {
            sum.add(told, of: connection, under: key)
            sum.add(tokens: told.health == .revoked ? 0 : told.tokens, of: connection, under: key)
        }
        return AuditMark(tree: verifier.end.tree, previous: verifier.end.previous, sum: sum, key: key)
    }
}
