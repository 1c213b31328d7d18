import Authority
import Gate
import Ledger
import Twins

/// The one durable store, which several gateways may share. What is in it is durable and whole transactions.
final class Disk: Sendable {
    let store = MemoryStore()
    private let latest = Confined(Timestamp(microseconds: 0))

    /// When the ledger's last leaf was made.
    var lastLeaf: Timestamp { latest.value }

    func apply(_ transaction: Transaction, of life: Life, in universe: Universe) -> Result<Void, CommitError> {
        life.learn(store.epochs(of: transaction.requires.map(\.scope) + transaction.bumps))
        let result = store.apply(
            universe.spoilingClaims(in: transaction), by: life.lease, comparesLease: universe.bug != .leaseBeforeCommit,
            at: universe.clock.steady)
        guard case .success = result else { return result }
        latest.value = transaction.leaves.map { Timestamp(microseconds: $0.leaf.time) }.reduce(lastLeaf, max)
        let moved = store.epochs(of: transaction.bumps)
        life.learn(moved)
        universe.tell(moved, from: life)
        universe.oracle.applied(transaction, by: life.lease, at: universe.queue.ran)
        universe.took(tokensIn: transaction)
        return result
    }
}
