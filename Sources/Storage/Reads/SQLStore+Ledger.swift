public import Authority
public import Gate
import Ledger
public import Wire

extension SQLStore: LedgerStore {
    private static let allTrees = Query("SELECT tree FROM trees ORDER BY tree")
    private static let someRecords = Query(
        "SELECT idx, record, hash FROM leaves WHERE tree = $1 AND idx >= $2 ORDER BY idx LIMIT $3")
    private static let oneHead = Query("SELECT size, edge FROM trees WHERE tree = $1")
    private static let allCheckpoints = Query("SELECT note FROM checkpoints WHERE tree = $1 ORDER BY size")
    private static let keepCheckpoint = Query(
        "INSERT INTO checkpoints (tree, size, note) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")

    public func trees() async throws -> [TreeID] {
        try await rows(SQLStore.allTrees).map { TreeID(raw: try $0["tree"]) }
    }

    public func records(of tree: TreeID, from index: Int64, limit: Int) async throws -> [StoredRecord] {
        try await rows(SQLStore.someRecords, [tree.raw, index, limit]).map { row in
            guard let hash = Digest(bytes: try row["hash"] as [UInt8]) else {
                throw StorageError(.corrupt, "the hash of record \(try row["idx"] as Int64) can't be read")
            }
            return try StoredRecord(index: row["idx"], bytes: try row["record"], hash: hash)
        }
    }

    public func head(of tree: TreeID) async throws -> TreeHead {
        guard let row = try await row(SQLStore.oneHead, [tree.raw]) else {
            return TreeHead(size: 0, root: MerkleTree().root)
        }
        guard let merkle = MerkleTree(size: try row["size"], edgeBytes: try row["edge"]) else {
            throw StorageError(.corrupt, "the head of `\(tree.raw)` can't be read")
        }
        return TreeHead(size: merkle.size, root: merkle.root)
    }

    private static let someLeafHashes = Query(
        "SELECT hash FROM leaves WHERE tree = $1 AND idx >= $2 ORDER BY idx LIMIT $3")
    private static let someNodes = Query(
        "SELECT hash FROM nodes WHERE tree = $1 AND level = $2 AND idx >= $3 ORDER BY idx LIMIT $4")

    public func hashes(of tree: TreeID, level: Int, from index: Int64, count: Int) async throws -> [Digest] {
        let rows =
            level == 0
            ? try await rows(SQLStore.someLeafHashes, [tree.raw, index, count])
            : try await rows(SQLStore.someNodes, [tree.raw, level, index, count])
        return try rows.map { row in
            guard let hash = Digest(bytes: try row["hash"] as [UInt8]) else {
                throw StorageError(.corrupt, "a hash of `\(tree.raw)` can't be read")
            }
            return hash
        }
    }

    private static let latestTime = Query("SELECT MAX(last_time) AS latest FROM trees")

    /// When the last leaf of any tree was appended; 1970 before the first.
    public func lastLeafTime() async throws -> Timestamp {
        Timestamp(microseconds: try await row(SQLStore.latestTime, [])?["latest"] as Int64? ?? 0)
    }

    public func checkpoints(of tree: TreeID) async throws -> [String] {
        try await rows(SQLStore.allCheckpoints, [tree.raw]).map { try $0["note"] }
    }

    private static let lastCheckpoints = Query(
        "SELECT note FROM checkpoints WHERE tree = $1 ORDER BY size DESC LIMIT $2")

    public func latestCheckpoints(of tree: TreeID, limit: Int) async throws -> [String] {
        try await rows(SQLStore.lastCheckpoints, [tree.raw, limit]).map { try $0["note"] }
    }

    public func keep(checkpoint: String, size: Int64, of tree: TreeID) async throws {
        try await write(SQLStore.keepCheckpoint, [tree.raw, size, checkpoint])
    }
}
