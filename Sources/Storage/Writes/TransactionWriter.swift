import Authority
import Broker
import Gate
import Ledger
import Registry
import Turns
import Wire

/// Where a tree ends.
struct TreeState: Sendable {
    var tree = MerkleTree()
    var lastHash = Digest.none
    var lastTime: Int64 = 0
}

/// Applies one group of transactions inside one transaction of the database.
struct TransactionWriter {
    let session: any Session
    private let memory: StoreMemory
    /// The epochs as they are in the database, of those that the group compares or moves; nil where only this process moves
    /// any, so that memory is right.
    private let epochs: [String: Int64]?
    /// What the transactions that succeeded have changed so far.
    private(set) var changes = MemoryChanges()
    /// What the transaction that is being applied has changed.
    private var own = MemoryChanges()

    init(session: any Session, memory: StoreMemory, epochs: [String: Int64]? = nil) {
        self.session = session
        self.memory = memory
        self.epochs = epochs
    }

    /// All of a transaction, or nothing of it.
    ///
    /// - Throws: when the whole group is lost, because the database gave up the transaction around it.
    mutating func apply(_ transaction: Transaction) async throws -> Result<Void, CommitError> {
        for reading in transaction.requires {
            let epoch = try await epoch(reading.scope.raw)
            guard epoch >= 0, epoch == reading.value else { return .failure(.moved(reading.scope)) }
        }
        own = MemoryChanges()
        try await session.begin()
        do {
            for spend in transaction.spends { try await self.spend(spend) }
            for change in transaction.changes { try await self.apply(change) }
            for scope in transaction.bumps { try await self.bump(scope) }
            for leaf in transaction.leaves { try await self.append(leaf) }
            try await session.keep()
        } catch {
            try await session.undo(after: error)
            return .failure(CommitError(storing: error))
        }
        changes.merge(own)
        return .success(())
    }

    private func epoch(_ scope: String) async throws -> Int64 {
        if let changed = changes.epochs[scope] { return changed }
        if let epochs { return epochs[scope] ?? 0 }
        if let known = memory.epoch(scope) { return known }
        return try await session.row(StoreMemory.one, [scope])?["value"] ?? 0
    }

    private mutating func apply(_ change: any StoredChange) async throws {
        switch change {
        case let change as GateChange: try await apply(gate: change)
        case let change as ApprovalChange: try await apply(approval: change)
        case let change as RegistryChange: try await apply(registry: change)
        case let change as RestoreChange: try await apply(restore: change)
        case let change as VaultChange: try await apply(vault: change)
        case let change as SigningKeyChange: try await apply(signing: change)
        case let change as ServerChange: try await apply(server: change)
        case let change as BrowserChange: try await apply(browser: change)
        case let change as SharingChange: try await apply(sharing: change)
        case let change as OAuthChange: try await apply(oauth: change)
        case let change as BrokerChange: try await apply(broker: change)
        case let change as AppChange: try await apply(app: change)
        case let change as TokenSetChange: try await apply(token: change)
        case let change as ChoiceChange: try await apply(choice: change)
        case let change as ConnectChange: try await apply(connect: change)
        case let change as RevocationChange: try await apply(revocation: change)
        case let change as UpgradeChange: try await apply(upgrade: change)
        case let change as RotationChange: try await apply(rotation: change)
        case let change as UseChange: try await apply(use: change)
        case let change as SignChange: try await apply(sign: change)
        case let change as HealthChange: try await apply(health: change)
        case let change as NoticeChange: try await apply(notice: change)
        case let change as LoginChange: try await apply(login: change)
        case let change as SignInChange: try await apply(signIn: change)
        case let change as ExchangeChange: try await apply(exchange: change)
        case let change as DepartureChange: try await apply(departure: change)
        case let change as RetentionChange: try await apply(retention: change)
        case let change as TurnChange: try await apply(turn: change)
        case let change as CardChange: try await apply(card: change)
        case let change as ScheduleChange: try await apply(schedule: change)
        case let change as ChannelChange: try await apply(channel: change)
        case let change as MailboxChange: try await apply(mailbox: change)
        case let change as SenderChange: try await apply(sender: change)
        case let change as MemoryChange: try await apply(memory: change)
        case let change as ErasureChange: try await apply(erasure: change)
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

    private func spend(_ spend: BudgetSpend) async throws {
        let window = spend.window
        guard spend.limit > 0 else { throw CommitError.budgetSpent(window) }
        try await session.expectRow(
            TransactionWriter.spendOne,
            [window.organization.raw, window.agent.raw, window.length.rawValue, window.number, spend.limit],
            orElse: .budgetSpent(window))
    }

    private static let bumpOne = Query(
        """
        INSERT INTO epochs (scope, value) VALUES ($1, 1) ON CONFLICT (scope) DO UPDATE SET value = epochs.value + 1
        RETURNING value
        """)

    mutating func note(epoch scope: String, _ value: Int64) { own.epochs[scope] = value }

    mutating func noteShredding() { own.hasShredded = true }

    private mutating func bump(_ scope: EpochScope) async throws {
        let row = try await session.row(TransactionWriter.bumpOne, [scope.raw])
        own.epochs[scope.raw] = try row?["value"]
    }

    private static let appendOne = Query("INSERT INTO leaves (tree, idx, record, hash) VALUES ($1, $2, $3, $4)")

    private static let keepNode = Query("INSERT INTO nodes (tree, level, idx, hash) VALUES ($1, $2, $3, $4)")

    private mutating func append(_ placed: PlacedLeaf) async throws {
        var state = try await loaded(placed.tree)
        let index = state.tree.size
        let record = placed.leaf.bytes(at: index, previous: state.lastHash, notBefore: state.lastTime)
        let hash = MerkleTree.leafHash(of: record)
        try await session.run(TransactionWriter.appendOne, [placed.tree.raw, index, record, hash.bytes])
        var nodes: [(Subtree, Digest)] = []
        state.tree.append(leafHash: hash) { subtree, hash in
            if LedgerNodes.isKept(level: subtree.level) { nodes.append((subtree, hash)) }
        }
        for (subtree, hash) in nodes {
            try await session.run(
                TransactionWriter.keepNode, [placed.tree.raw, subtree.level, subtree.index, hash.bytes])
        }
        placed.slot?.fill(LeafPlace(tree: placed.tree, index: index, hash: hash))
        state.lastHash = hash
        state.lastTime = max(state.lastTime, placed.leaf.time)
        own.trees[placed.tree] = state
    }

    private static let oneTree = Query("SELECT size, edge, last_hash, last_time FROM trees WHERE tree = $1")

    private func loaded(_ tree: TreeID) async throws -> TreeState {
        if let state = own.trees[tree] ?? changes.trees[tree] ?? memory.tree(tree) { return state }
        guard let row = try await session.row(TransactionWriter.oneTree, [tree.raw]) else { return TreeState() }
        guard let merkle = MerkleTree(size: try row["size"], edgeBytes: try row["edge"]),
            let hash = Digest(bytes: try row["last_hash"] as [UInt8])
        else { throw CommitError.unavailable("the head of `\(tree.raw)` can't be read") }
        return TreeState(tree: merkle, lastHash: hash, lastTime: try row["last_time"])
    }

    private static let writeTree = Query(
        """
        INSERT INTO trees (tree, size, edge, last_hash, last_time) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tree) DO UPDATE SET size = excluded.size, edge = excluded.edge, last_hash = excluded.last_hash,
        last_time = excluded.last_time
        """)

    /// Once for a group, however many leaves it holds.
    func writeTrees() async throws {
        for (tree, state) in changes.trees {
            try await session.run(
                TransactionWriter.writeTree,
                [
                    tree.raw, state.tree.size, state.tree.edgeBytes, state.lastHash.bytes, state.lastTime,
                ])
        }
    }
}
