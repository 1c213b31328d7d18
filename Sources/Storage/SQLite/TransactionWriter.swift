import Authority
import Broker
import Foundation
import GRDB
import Gate
import Ledger
import Registry
import Wire

/// Where a tree ends.
struct TreeState: Sendable {
    var tree = MerkleTree()
    var lastHash = Digest.none
    var lastTime: Int64 = 0
}

/// Applies one group of transactions inside one SQLite transaction.
struct TransactionWriter {
    let db: Database
    private let memory: StoreMemory
    /// What the transactions that succeeded have changed so far.
    private(set) var changes = MemoryChanges()
    /// What the transaction that is being applied has changed.
    private var own = MemoryChanges()

    init(db: Database, memory: StoreMemory) {
        self.db = db
        self.memory = memory
    }

    private static let begin = Query("SAVEPOINT one")
    private static let keep = Query("RELEASE SAVEPOINT one")
    private static let undo = Query("ROLLBACK TO SAVEPOINT one")

    /// All of a transaction, or nothing of it.
    ///
    /// - Throws: when the whole group is lost, because SQLite gave up the transaction around it.
    mutating func apply(_ transaction: Transaction) throws -> Result<Void, CommitError> {
        // The store is held by one process, and every bump comes through here: memory is what the table says.
        for reading in transaction.requires where epoch(reading.scope.raw) != reading.value {
            return .failure(.moved(reading.scope))
        }
        own = MemoryChanges()
        try TransactionWriter.begin.run(db)
        do {
            for spend in transaction.spends { try self.spend(spend) }
            for change in transaction.changes { try self.apply(change) }
            for scope in transaction.bumps { try self.bump(scope) }
            for leaf in transaction.leaves { try self.append(leaf) }
            try TransactionWriter.keep.run(db)
        } catch {
            // After a full disk, say, SQLite has rolled back everything: what was applied before is gone as well.
            guard db.isInsideTransaction else { throw error }
            try TransactionWriter.undo.run(db)
            try TransactionWriter.keep.run(db)
            return .failure(CommitError(storing: error))
        }
        changes.merge(own)
        return .success(())
    }

    private func epoch(_ scope: String) -> Int64 { changes.epochs[scope] ?? memory.epoch(scope) }

    private mutating func apply(_ change: any StoredChange) throws {
        switch change {
        case let change as GateChange: try apply(gate: change)
        case let change as ApprovalChange: try apply(approval: change)
        case let change as RegistryChange: try apply(registry: change)
        case let change as RestoreChange: try apply(restore: change)
        case let change as VaultChange: try apply(vault: change)
        case let change as ServerChange: try apply(server: change)
        case let change as BrowserChange: try apply(browser: change)
        case let change as SharingChange: try apply(sharing: change)
        case let change as BrokerChange: try apply(broker: change)
        case let change as NoticeChange: try apply(notice: change)
        default: throw CommitError.unavailable("a change of an unknown kind")
        }
    }

    // A call of the window before, late at the turn of the minute, counts in the new one: it must not start it anew.
    private static let spendOne = Query(
        """
        INSERT INTO budgets (organization, agent, length, number, used) VALUES ($1, $2, $3, $4, 1)
        ON CONFLICT (organization, agent, length) DO UPDATE
        SET used = CASE WHEN budgets.number < excluded.number THEN 1 ELSE budgets.used + 1 END,
        number = CASE WHEN budgets.number < excluded.number THEN excluded.number ELSE budgets.number END
        WHERE budgets.number < excluded.number OR budgets.used < $5 RETURNING used
        """)

    private func spend(_ spend: BudgetSpend) throws {
        let window = spend.window
        let row = try TransactionWriter.spendOne.row(
            db,
            [
                window.organization.raw, window.agent.raw, window.length.rawValue, window.number, spend.limit,
            ])
        if row == nil || spend.limit < 1 { throw CommitError.budgetSpent(window) }
    }

    private static let bumpOne = Query(
        """
        INSERT INTO epochs (scope, value) VALUES ($1, 1) ON CONFLICT (scope) DO UPDATE SET value = epochs.value + 1
        RETURNING value
        """)

    mutating func note(epoch scope: String, _ value: Int64) { own.epochs[scope] = value }

    mutating func noteShredding() { own.hasShredded = true }

    private mutating func bump(_ scope: EpochScope) throws {
        let row = try TransactionWriter.bumpOne.row(db, [scope.raw])
        own.epochs[scope.raw] = row?["value"]
    }

    private static let appendOne = Query("INSERT INTO leaves (tree, idx, record, hash) VALUES ($1, $2, $3, $4)")

    private static let keepNode = Query("INSERT INTO nodes (tree, level, idx, hash) VALUES ($1, $2, $3, $4)")

    private mutating func append(_ placed: PlacedLeaf) throws {
        var state = try loaded(placed.tree)
        let index = state.tree.size
        let record = placed.leaf.bytes(at: index, previous: state.lastHash, notBefore: state.lastTime)
        let hash = MerkleTree.leafHash(of: record)
        try TransactionWriter.appendOne.run(db, [placed.tree.raw, index, Data(record), Data(hash.bytes)])
        var nodes: [(Subtree, Digest)] = []
        state.tree.append(leafHash: hash) { subtree, hash in
            if LedgerNodes.isKept(level: subtree.level) { nodes.append((subtree, hash)) }
        }
        for (subtree, hash) in nodes {
            try TransactionWriter.keepNode.run(db, [placed.tree.raw, subtree.level, subtree.index, Data(hash.bytes)])
        }
        state.lastHash = hash
        state.lastTime = max(state.lastTime, placed.leaf.time)
        own.trees[placed.tree] = state
    }

    private static let oneTree = Query("SELECT size, edge, last_hash, last_time FROM trees WHERE tree = $1")

    private func loaded(_ tree: TreeID) throws -> TreeState {
        if let state = own.trees[tree] ?? changes.trees[tree] ?? memory.tree(tree) { return state }
        guard let row = try TransactionWriter.oneTree.row(db, [tree.raw]) else { return TreeState() }
        guard let merkle = MerkleTree(size: row["size"], edgeBytes: Array(row["edge"] as Data)),
            let hash = Digest(bytes: row["last_hash"] as Data)
        else { throw CommitError.unavailable("the head of `\(tree.raw)` can't be read") }
        return TreeState(tree: merkle, lastHash: hash, lastTime: row["last_time"])
    }

    private static let writeTree = Query(
        """
        INSERT INTO trees (tree, size, edge, last_hash, last_time) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tree) DO UPDATE SET size = excluded.size, edge = excluded.edge, last_hash = excluded.last_hash,
        last_time = excluded.last_time
        """)

    /// Once for a group, however many leaves it holds.
    func writeTrees() throws {
        for (tree, state) in changes.trees {
            try TransactionWriter.writeTree.run(
                db,
                [
                    tree.raw, state.tree.size, Data(state.tree.edgeBytes), Data(state.lastHash.bytes), state.lastTime,
                ])
        }
    }
}
