import Authority
import Ledger
import Logging
import Synchronization
import Testing
import Twins
import Wire

@testable import Gate

struct HeartTests {
    private let stage: Stage
    private static let tree = TreeID.organization(Stage.organization)

    init() throws {
        stage = try Stage { $0.budget.callsPerDay = 2 }
    }

    private func heart(
        _ gateway: String, uptime: Int64 = 0, isAlone: Bool = true, reading store: (any LedgerStore & SignStore)? = nil
    ) -> Heart {
        let clock = Mutex(uptime)
        return Heart(
            commits: stage.store, store: store ?? stage.store, tally: stage.gate.tally, world: stage.clock.world,
            settings: HeartSettings(
                gateway: gateway, organization: Stage.organization, interval: 60, isAlone: isAlone,
                uptime: { clock.withLock { $0 } }), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func beats(_ tree: TreeID = tree) async throws -> [Heartbeat] {
        try await stage.store.records(of: tree, from: 0, limit: 1000).compactMap {
            Heartbeat(fields: try Leaf.decode($0.bytes).fields)
        }
    }

    @Test func `every tree has a start, beats and a stop`() async throws {
        let heart = heart("g1")
        try await heart.start()
        try await heart.beat(.beat)
        await heart.stop()
        for tree in [TreeID.system, Self.tree] {
            #expect(try await beats(tree).map(\.phase) == [.started, .beat, .stopped])
            #expect(try await beats(tree).map(\.number) == [0, 1, 2])
        }
        #expect(try await beats().map(\.size) == [0, 1, 2])
    }

    @Test func `the next start says who wasn't stopped, once`() async throws {
        try await heart("g1").start()
        let second = heart("g2")
        try await second.start()
        await second.stop()
        try await heart("g3").start()
        #expect(try await beats().map(\.crashed) == [[], ["g1"], [], []])
    }

    @Test func `beside others only who is overdue has crashed`() async throws {
        try await heart("g1", isAlone: false).start()
        try await heart("g2", isAlone: false).start()
        stage.clock.advance(seconds: 131)
        try await heart("g3", isAlone: false).start()
        try await heart("g4", isAlone: false).start()
        #expect(try await beats().map { $0.crashed.sorted() } == [[], [], ["g1", "g2"], []])
    }

    @Test(arguments: [true, false])
    func `a start reads no record, however many there are`(isAlone: Bool) async throws {
        try await heart("g1", isAlone: isAlone).start()
        stage.clock.advance(seconds: 131)
        let second = heart("g2", isAlone: isAlone, reading: NoRecords(inner: stage.store))
        try await second.start()
        await second.stop()
        try await heart("g3", isAlone: isAlone, reading: NoRecords(inner: stage.store)).start()
        #expect(try await beats().map(\.crashed) == [[], ["g1"], [], []])
        #expect(try await stage.store.signs(in: Self.tree).map(\.gateway) == ["g3"])
    }

    @Test func `the first start on an older home finds who wasn't stopped in its records`() async throws {
        let beat = Heartbeat(
            phase: .beat, gateway: "g0", number: 7, uptime: 7, interval: 60, size: 0, counted: HeartbeatCounts())
        try await stage.store.commit(
            Transaction(leaves: [
                PlacedLeaf(try beat.leaf(at: stage.clock.world.now().microseconds), in: Self.tree)
            ]))
        try await heart("g1").start()
        try await heart("g2").start()
        #expect(try await beats().map(\.crashed) == [[], ["g0"], ["g1"]])
    }

    @Test func `calls are counted by what became of them, those over a budget too`() async throws {
        let heart = heart("g1")
        try await heart.start()
        _ = await stage.call("notes.write", ["id": "1"])
        _ = await stage.call("notes.read", ["id": "2"])
        _ = await stage.call("notes.write", ["id": "3"])
        _ = await stage.call("notes.write", ["id": "4"])
        stage.gate.refusedForRate(in: Stage.organization)
        try await heart.beat(.beat)
        let counted = try #require(try await beats().last).counted
        #expect(counted.permit == 2)
        #expect(counted.outcomes == 2)
        #expect(counted.overBudget == 2)
        #expect(counted.overRate == 1)
        #expect(counted.decisions == 2)
    }

    @Test func `a heartbeat that can't be written isn't skipped over`() async throws {
        let heart = heart("g1")
        try await heart.start()
        stage.store.fail(with: "the disk is full")
        await #expect(throws: CommitError.self) { try await heart.beat(.beat) }
        stage.store.fail(with: nil)
        try await heart.beat(.beat)
        #expect(try await beats().map(\.number) == [0, 1])
    }

    @Test func `calls and heartbeats together verify without a silence`() async throws {
        let heart = heart("g1")
        try await heart.start()
        _ = await stage.call("notes.write", ["id": "1"])
        try await heart.beat(.beat)
        _ = await stage.call("notes.write", ["id": "2"])
        await heart.stop()
        var verifier = LedgerVerifier(
            origin: "x", key: try LedgerKey(name: "x", publicKey: [UInt8](repeating: 7, count: 32)), checkpoints: [])
        for record in try await stage.store.records(of: Self.tree, from: 0, limit: 1000) {
            try verifier.add(record: record.bytes, storedHash: record.hash)
        }
        #expect(try verifier.finish(head: nil).silences.isEmpty)
    }
}

/// A ledger whose records nobody may read.
private struct NoRecords: LedgerStore, SignStore {
    struct Read: Error {}

    let inner: MemoryStore

    func signs(in tree: TreeID) async throws -> [GatewaySign] { try await inner.signs(in: tree) }
    func trees() async throws -> [TreeID] { try await inner.trees() }
    func records(of tree: TreeID, from index: Int64, limit: Int) async throws -> [StoredRecord] { throw Read() }
    func head(of tree: TreeID) async throws -> TreeHead { try await inner.head(of: tree) }
    func hashes(of tree: TreeID, level: Int, from index: Int64, count: Int) async throws -> [Digest] { throw Read() }
    func checkpoints(of tree: TreeID) async throws -> [String] { throw Read() }
    func latestCheckpoints(of tree: TreeID, limit: Int) async throws -> [String] { throw Read() }
    func keep(checkpoint: String, size: Int64, of tree: TreeID) async throws { throw Read() }
}
