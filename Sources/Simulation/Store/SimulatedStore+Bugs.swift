import Gate
import Ledger
import Twins

/// The mistakes that can be planted in a store.
extension SimulatedStore {
    /// What is wrong before the transaction is queued.
    func spoil(_ transaction: inout Transaction) throws(CommitError) {
        switch universe.bug {
        case .approvalOutsideCommit: transaction.changes.removeAll(where: \.isSpend)
        case .labelsAfterAnswer where transaction.changes.contains(where: \.isSaw):
            transaction.changes.removeAll(where: \.isSaw)
            transaction.bumps = []
        case .epochBeforeCommit:
            for reading in transaction.requires where epoch(of: reading.scope) != reading.value {
                throw .moved(reading.scope)
            }
            transaction.requires = []
        case .budgetBeforeCommit:
            for spend in transaction.spends where universe.disk.store.used(at: spend.window) >= spend.limit {
                throw .budgetSpent(spend.window)
            }
            transaction.spends = []
        case .leaseBeforeCommit:
            guard universe.disk.store.holds(life.lease) else { throw .unavailable("the lease is lost") }
        case .labelsAfterAnswer, .answerBeforeOutcome, .retryOfUnknown, .tornTransaction, .otherCredential, .none:
            break
        }
    }

    /// What is wrong after it was written.
    func afterwards(_ transaction: Transaction) {
        var rest = Transaction()
        switch universe.bug {
        case .approvalOutsideCommit: rest.changes = transaction.changes.filter(\.isSpend)
        case .labelsAfterAnswer:
            rest.changes = transaction.changes.filter(\.isSaw)
            if !rest.changes.isEmpty { rest.bumps = transaction.bumps }
        case .budgetBeforeCommit:
            rest.spends = transaction.spends.map { BudgetSpend(window: $0.window, limit: .max) }
        case .epochBeforeCommit, .leaseBeforeCommit, .answerBeforeOutcome, .retryOfUnknown, .tornTransaction,
            .otherCredential, .none:
            break
        }
        if !rest.changes.isEmpty || !rest.spends.isEmpty { life.writer.submit(rest) }
    }
}

extension Transaction {
    func has(_ kind: LeafKind) -> Bool { leaves.contains { $0.leaf.kind == kind } }
}

extension StoredChange {
    fileprivate var isSpend: Bool {
        if case .step(_, .spend)? = self as? ApprovalChange { true } else { false }
    }

    fileprivate var isSaw: Bool {
        if case .saw? = self as? GateChange { true } else { false }
    }
}
