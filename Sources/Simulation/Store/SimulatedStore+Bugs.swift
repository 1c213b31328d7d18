import Authority
import Broker
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
        case .labelsAfterAnswer, .answerBeforeOutcome, .retryOfUnknown, .tornTransaction, .otherCredential,
            .tokenBeforeCommit, .renewalLeaseIgnored, .generationNotCompared, .attemptForgotten, .ownerNotInKey, .none:
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
            .otherCredential, .tokenBeforeCommit, .renewalLeaseIgnored, .generationNotCompared, .attemptForgotten,
            .ownerNotInKey, .none:
            break
        }
        if !rest.changes.isEmpty || !rest.spends.isEmpty { life.writer.submit(rest) }
    }
}

/// The mistakes that can be planted in what stands between two that renew the same tokens.
extension SimulatedStore {
    /// What is wrong with tokens that are read.
    func spoiled(_ tokens: TokenSet?) -> TokenSet? {
        switch universe.bug {
        case .renewalLeaseIgnored: tokens.map { $0.with(lease: nil, attempted: $0.attempted) }
        case .attemptForgotten: tokens.map { $0.with(lease: $0.lease, attempted: nil) }
        case .generationNotCompared, .tokenBeforeCommit, .ownerNotInKey, .approvalOutsideCommit, .answerBeforeOutcome,
            .epochBeforeCommit, .retryOfUnknown, .labelsAfterAnswer, .budgetBeforeCommit, .leaseBeforeCommit,
            .tornTransaction, .otherCredential, .none:
            tokens
        }
    }
}

extension Universe {
    /// What is wrong with the comparison when the right to renew is taken.
    func spoilingClaims(in transaction: Transaction) -> Transaction {
        guard bug?.isOfTokens == true else { return transaction }
        var spoiled = transaction
        spoiled.changes = transaction.changes.map { change in
            guard case .claim(let read, let lease, let now)? = change as? TokenSetChange,
                let found = disk.store.tokenSet(of: read.connection)
            else { return change }
            switch bug {
            case .generationNotCompared: return TokenSetChange.claim(found, lease, at: now)
            case .renewalLeaseIgnored where found.generation == read.generation:
                return TokenSetChange.claim(found, lease, at: lease.until.adding(seconds: 7_200_000))
            case .attemptForgotten where found.generation == read.generation:
                return TokenSetChange.claim(found, lease, at: now)
            case _: return change
            }
        }
        return spoiled
    }
}

extension TokenSet {
    fileprivate func with(lease: TokenLease?, attempted: Timestamp?) -> TokenSet {
        TokenSet(
            connection: connection, grant: grant, generation: generation, clientID: clientID,
            fingerprint: fingerprint, access: access, refresh: refresh, expires: expires, obtained: obtained, due: due,
            lease: lease, attempted: attempted, failure: failure)
    }
}

extension Transaction {
    var renewsTokens: Bool {
        changes.contains { if case .renew? = $0 as? TokenSetChange { true } else { false } }
    }

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
