import Authority
import Ledger
import Synchronization

/// Signs receipts with the key that signs the trees' checkpoints. Making a key from its seed costs as much as signing, so
/// each tree's is made once.
public final class ReceiptSigner: Sendable {
    private let keys: LedgerKeys
    private let made = Mutex<[TreeID: LedgerSigningKey]>([:])

    public init(keys: LedgerKeys) {
        self.keys = keys
    }

    func sign(_ places: [LeafPlace], in tree: TreeID, at time: Timestamp) throws(LedgerError) -> String {
        let leaves = places.sorted { $0.index < $1.index }.map { Receipt.Leaf(index: $0.index, hash: $0.hash) }
        return try Receipt(origin: keys.origin(of: tree), time: time.microseconds, leaves: leaves)
            .signed(by: try key(of: tree)).description
    }

    private func key(of tree: TreeID) throws(LedgerError) -> LedgerSigningKey {
        if let key = made.withLock({ $0[tree] }) { return key }
        let key = try keys.key(of: tree)
        made.withLock { $0[tree] = key }
        return key
    }
}
