import Gate
import Ledger
import Twins

/// The mistakes that can be planted in a store.
extension SimulatedStore {
    /// What is wrong before the transaction is queued.
    func spoil(_ transaction: inout Transaction) throws(CommitError) {
        switch universe.bug {
        case .approvalOutsideCommit: transaction.changes.removeAll { $0.isSpend }
        case .labelsAfterAnswer:
            let seen = transaction.changes.filter(\.isSaw)
            guard !seen.isEmpty else { return }
            transaction.changes.removeAll(where: \.isSaw)
            universe.disk.submit(Transaction(bumps: transaction.bumps, changes: seen))
            transaction.bumps = []
        case .epochBeforeCommit:
            for reading in transaction.requires where epoch(of: reading.scope) != reading.value {
                throw .moved(reading.scope)
            }
            transaction.requires = []
        case .budgetBeforeCommit:
            let spends = transaction.spends
            guard !spends.isEmpty else { return }
            transaction.spends = []
            universe.disk.submit(Transaction(spends: spends))
        case .answerBeforeOutcome, .retryOfUnknown, .tornTransaction, .otherCredential, .none: break
        }
    }

    /// What is wrong after it was written.
    func afterwards(_ transaction: Transaction) async throws(CommitError) {
        guard universe.bug == .approvalOutsideCommit else { return }
        let spends = transaction.changes.filter(\.isSpend)
        guard !spends.isEmpty else { return }
        for _ in 0..<universe.generator.below(6) { await Task.yield() }
        try? await universe.disk.commit(Transaction(changes: spends), nil, in: life, of: universe).get()
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
