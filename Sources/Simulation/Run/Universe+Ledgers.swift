import Gate
import Ledger
import Twins

extension Universe {
    /// Verifies every tree with the product's own verifier, from what is durable.
    func verifyLedgers() async throws {
        let store = disk.store
        for tree in try await store.trees() {
            let records = try await store.records(of: tree, from: 0, limit: .max)
            var verifier = LedgerVerifier(
                origin: Cast.ledger.origin(of: tree), key: try Cast.ledger.key(of: tree).key,
                checkpoints: try await store.checkpoints(of: tree))
            do throws(LedgerFault) {
                for record in records { try verifier.add(record: record.bytes, storedHash: record.hash) }
                let head = try await head(of: tree)
                _ = try verifier.finish(head: (head.size, head.root))
            } catch {
                oracle.violate(.ledger, "\(tree.raw): \(error)")
            }
        }
    }

    private func head(of tree: TreeID) async throws(LedgerFault) -> TreeHead {
        guard let head = try? await disk.store.head(of: tree) else { preconditionFailure("memory can be read") }
        return head
    }
}
