import Gate
import Ledger
import Logging
import Synchronization
import Testing
import Twins
import Wire

/// What is signed, and what never is.
@Suite struct CheckpointerTests {
    private let told = Told()
    private let ledger: SwappedLedger
    private let tree = TreeID.organization(Stage.organization)

    private final class Told: Sendable {
        let heads = Mutex<[[TreeID: TreeHead]]>([])
        let attempts = Mutex<[String?]>([])
    }

    init() async throws {
        ledger = SwappedLedger(try await CheckpointerTests.store(["a", "b", "c"]))
    }

    private static func store(_ changes: [String]) async throws -> MemoryStore {
        let store = MemoryStore()
        for change in changes { try await append(change, to: store) }
        return store
    }

    private static func append(_ change: String, to store: MemoryStore) async throws {
        let leaf = try Leaf(kind: .authority, time: 1, fields: ["change": .string(change)])
        try await store.commit(
            Transaction(leaves: [
                PlacedLeaf(leaf, in: .organization(Stage.organization)), PlacedLeaf(leaf, in: .system),
            ]))
    }

    private func checkpointer(before: [TreeID: TreeHead] = [:]) -> Checkpointer {
        Checkpointer(
            store: ledger, keys: Stage.keys, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            before: before, onSigned: { [told] heads in told.heads.withLock { $0.append(heads) } },
            onAttempt: { [told] error in told.attempts.withLock { $0.append(error.map { "\($0)" }) } })
    }

    private var tellings: Int { told.heads.withLock(\.count) }

    @Test func `what has grown is signed once`() async throws {
        let checkpointer = checkpointer()
        for _ in 0..<2 { try await checkpointer.signAll() }
        #expect(try await ledger.checkpoints(of: tree).count == 1)
        #expect(tellings == 1)
        try await CheckpointerTests.append("d", to: ledger.now)
        try await checkpointer.signAll()
        #expect(try await ledger.checkpoints(of: tree).count == 2)
        #expect(told.heads.withLock { $0.last?[tree]?.size } == 4)
    }

    @Test(arguments: [
        (["a", "b"], "an older copy"), (["a", "x", "c"], "are others"), (["a", "x", "c", "d"], "are others"),
    ])
    func `a tree that doesn't begin with what was signed is never signed, whatever comes`(
        _ changes: [String], _ said: String
    ) async throws {
        let checkpointer = checkpointer()
        try await checkpointer.signAll()
        let genuine = ledger.now
        let other = try await CheckpointerTests.store(changes)
        ledger.now = other
        await #expect { try await checkpointer.signAll() } throws: { "\($0)".contains(said) }
        await #expect(throws: ForkedTree.self) { try await checkpointer.run() }
        #expect(told.attempts.withLock { $0.last??.contains(said) } == true)
        for _ in 0..<5 { try await CheckpointerTests.append("e", to: other) }
        await #expect(throws: ForkedTree.self) { try await checkpointer.signAll() }
        for tree in [tree, .system] { #expect(try await ledger.checkpoints(of: tree).isEmpty) }
        ledger.now = genuine
        await #expect(throws: ForkedTree.self) { try await checkpointer.signAll() }
        #expect(tellings == 1)
    }

    @Test func `what was signed before this process counts, and a tree that is gone too`() async throws {
        let head = try await ledger.head(of: tree)
        try await CheckpointerTests.append("d", to: ledger.now)
        try await checkpointer(before: [tree: head]).signAll()
        #expect(try await ledger.checkpoints(of: tree).count == 1)
        ledger.now = try await CheckpointerTests.store(["a", "b", "x", "d"])
        await #expect(throws: ForkedTree.self) { try await checkpointer(before: [tree: head]).signAll() }
        ledger.now = MemoryStore()
        await #expect(throws: ForkedTree.self) { try await checkpointer(before: [tree: head]).signAll() }
        #expect(tellings == 1)
    }
}

/// A ledger in whose place another may be put.
private final class SwappedLedger: LedgerStore {
    private let store: Mutex<MemoryStore>

    init(_ store: MemoryStore) { self.store = Mutex(store) }

    var now: MemoryStore {
        get { store.withLock { $0 } }
        set { store.withLock { $0 = newValue } }
    }

    func trees() async throws -> [TreeID] { try await now.trees() }
    func records(of tree: TreeID, from index: Int64, limit: Int) async throws -> [StoredRecord] {
        try await now.records(of: tree, from: index, limit: limit)
    }
    func head(of tree: TreeID) async throws -> TreeHead { try await now.head(of: tree) }
    func hashes(of tree: TreeID, level: Int, from index: Int64, count: Int) async throws -> [Digest] {
        try await now.hashes(of: tree, level: level, from: index, count: count)
    }
    func checkpoints(of tree: TreeID) async throws -> [String] { try await now.checkpoints(of: tree) }
    func latestCheckpoints(of tree: TreeID, limit: Int) async throws -> [String] {
        try await now.latestCheckpoints(of: tree, limit: limit)
    }
    func keep(checkpoint: String, size: Int64, of tree: TreeID) async throws {
        try await now.keep(checkpoint: checkpoint, size: size, of: tree)
    }
}
