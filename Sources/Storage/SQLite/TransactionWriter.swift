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
    private(set) var epochs: [String: Int64]
    private(set) var trees: [TreeID: TreeState]
    private var touched: Set<TreeID> = []

    init(db: Database, epochs: [String: Int64], trees: [TreeID: TreeState]) {
        self.db = db
        self.epochs = epochs
        self.trees = trees
    }

    /// All of a transaction, or nothing of it.
    mutating func apply(_ transaction: Transaction) -> Result<Void, CommitError> {
        // The store is held by one process, and every bump comes through here: memory is what the table says.
        for reading in transaction.requires where epochs[reading.scope.raw] ?? 0 != reading.value {
            return .failure(.moved(reading.scope))
        }
        let saved = (epochs, trees, touched)
        do {
            try db.inSavepoint {
                for spend in transaction.spends { try self.spend(spend) }
                for change in transaction.changes { try self.apply(change) }
                for scope in transaction.bumps { try self.bump(scope) }
                for leaf in transaction.leaves { try self.append(leaf) }
                return .commit
            }
            return .success(())
        } catch {
            (epochs, trees, touched) = saved
            if let error = error as? CommitError { return .failure(error) }
            return .failure(.unavailable("the store refused a write: \(error)"))
        }
    }

    private func apply(_ change: any StoredChange) throws {
        switch change {
        case let change as GateChange: try apply(gate: change)
        case let change as RegistryChange: try apply(registry: change)
        case let change as BrokerChange: try apply(broker: change)
        default: throw CommitError.unavailable("a change of an unknown kind")
        }
    }

    private static let spendOne = Query(
        """
        INSERT INTO budgets (organization, agent, length, number, used) VALUES ($1, $2, $3, $4, 1)
        ON CONFLICT (organization, agent, length) DO UPDATE
        SET used = CASE WHEN budgets.number = excluded.number THEN budgets.used + 1 ELSE 1 END, number = excluded.number
        WHERE budgets.number <> excluded.number OR budgets.used < $5 RETURNING used
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

    private mutating func bump(_ scope: EpochScope) throws {
        let row = try TransactionWriter.bumpOne.row(db, [scope.raw])
        epochs[scope.raw] = row?["value"]
    }

    private static let appendOne = Query("INSERT INTO leaves (tree, idx, record, hash) VALUES ($1, $2, $3, $4)")

    private mutating func append(_ placed: PlacedLeaf) throws {
        var state = try loaded(placed.tree)
        let index = state.tree.size
        let record = placed.leaf.bytes(at: index, previous: state.lastHash, notBefore: state.lastTime)
        let hash = MerkleTree.leafHash(of: record)
        try TransactionWriter.appendOne.run(db, [placed.tree.raw, index, Data(record), Data(hash.bytes)])
        state.tree.append(leafHash: hash)
        state.lastHash = hash
        state.lastTime = max(state.lastTime, placed.leaf.time)
        trees[placed.tree] = state
        touched.insert(placed.tree)
    }

    private static let oneTree = Query("SELECT size, edge, last_hash, last_time FROM trees WHERE tree = $1")

    private func loaded(_ tree: TreeID) throws -> TreeState {
        if let state = trees[tree] { return state }
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
    mutating func writeTrees() throws {
        for tree in touched {
            guard let state = trees[tree] else { continue }
            try TransactionWriter.writeTree.run(
                db,
                [
                    tree.raw, state.tree.size, Data(state.tree.edgeBytes), Data(state.lastHash.bytes), state.lastTime,
                ])
        }
        touched = []
    }
}
