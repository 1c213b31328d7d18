import Authority
import Broker
import Gate
import Synchronization
import Testing
import Twins
import Vault
import Wire

/// An audit goes on where another ended, and finds what one of the whole ledger finds.
struct ResumedAuditTests {
    private let stage: VaultStage

    init() throws {
        stage = try VaultStage()
    }

    private func audit(
        since mark: [UInt8]?, rest: @escaping AuditRest = {}
    ) async throws -> AuditOutcome {
        try await stage.audit.quarantine(in: VaultStage.acme, since: mark, rest: rest)
    }

    private func marked() async throws -> [UInt8] {
        let outcome = try await audit(since: nil)
        #expect(!outcome.isResumed && outcome.findings.isEmpty)
        return try #require(outcome.mark)
    }

    private func revoke(_ row: ConnectionRecord) async throws {
        _ = try await stage.desk.revoke(row.id, in: VaultStage.acme, by: "test")
    }

    @Test func `where nothing happened it goes on`() async throws {
        _ = try await stage.connect("alice", secret: "alices-secret")
        try await revoke(try await stage.connect("bob", secret: "bobs-secret"))
        let outcome = try await audit(since: try await marked())
        #expect(outcome.isResumed && outcome.findings.isEmpty && outcome.mark != nil)
    }

    @Test func `what the desks changed since is nobody's fault, however often it goes on`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        let bob = try await stage.connect("bob", secret: "bobs-secret")
        var mark = try await marked()
        try await revoke(alice)
        let carol = try await stage.connect("carol", secret: "carols-secret")
        let again = try await stage.connect("alice", secret: "alices-other")
        for step in 0..<4 {
            let outcome = try await audit(since: mark)
            #expect(outcome.isResumed && outcome.findings.isEmpty, "step \(step)")
            mark = try #require(outcome.mark)
            switch step {
            case 0: try await revoke(carol)
            case 1:
                await StoredConnections(store: stage.store, commits: stage.store, world: stage.clock.world)
                    .wasRefused(bob.use)
            case 2:
                try await revoke(bob)
                try await revoke(again)
            default: break
            }
        }
    }

    /// Two that were touched since the mark and two that weren't, one of them revoked before.
    private struct Scene {
        let stage: VaultStage
        let gone, alice, bob, dave: ConnectionRecord
        let mark: [UInt8]

        init() async throws {
            stage = try VaultStage()
            gone = try await stage.row(try await stage.connect("gone", secret: "gones-secret").id)
            alice = try await stage.row(try await stage.connect("alice", secret: "alices-secret").id)
            _ = try await stage.desk.revoke(gone.id, in: VaultStage.acme, by: "test")
            bob = try await stage.row(try await stage.connect("bob", secret: "bobs-secret").id)
            mark = try #require(try await stage.audit.quarantine(in: VaultStage.acme, since: nil, rest: {}).mark)
            _ = try await stage.desk.revoke(bob.id, in: VaultStage.acme, by: "test")
            dave = try await stage.row(try await stage.connect("dave", secret: "daves-secret").id)
        }
    }

    private static let edits: [(edit: @Sendable (Scene) -> ConnectionRecord, code: String)] = [
        ({ $0.gone }, "revived"), ({ $0.bob }, "revived"), ({ $0.alice.edited(generation: 0) }, "rolled_back"),
        ({ $0.alice.edited(owner: .person(PersonID("bob"))) }, "rewritten"),
        ({ $0.alice.edited(account: "x") }, "rewritten"), ({ $0.alice.edited(fingerprint: "fp_0") }, "rewritten"),
        ({ $0.alice.edited(health: .revoked) }, "rewritten"), ({ $0.dave.edited(generation: 2) }, "rewritten"),
        ({ $0.dave.edited(account: "x") }, "rewritten"),
        ({ $0.alice.edited(id: ConnectionID("con_new")) }, "unrecorded"),
    ]

    @Test(arguments: Self.edits.indices) func `whatever was written by hand is found`(number: Int) async throws {
        let scene = try await Scene()
        scene.stage.store.put(Self.edits[number].edit(scene))
        let outcome = try await scene.stage.audit.quarantine(in: VaultStage.acme, since: scene.mark, rest: {})
        #expect(!outcome.isResumed && outcome.mark == nil)
        #expect(outcome.findings.map(\.code) == [Self.edits[number].code])
    }

    @Test func `whatever was taken away by hand is found`() async throws {
        for row in [\Scene.alice, \Scene.dave] {
            let scene = try await Scene()
            scene.stage.store.remove(scene[keyPath: row].id)
            let outcome = try await scene.stage.audit.quarantine(in: VaultStage.acme, since: scene.mark, rest: {})
            #expect(!outcome.isResumed && outcome.findings.map(\.code) == ["missing"])
        }
    }

    @Test func `connections that were revoked all at once are nobody's fault`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        let bob = try await stage.connect("bob", secret: "bobs-secret")
        var mark = try await marked()
        let leaving = LeavingDesk(store: stage.store, connections: stage.desk)
        let claim = PersonClaim(person: PersonID("bob"), email: "bob@acme.test", subjects: [:])
        let cut = try await leaving.cut(claim, in: VaultStage.acme, by: "test", limit: 0)
        try await stage.store.commit(cut.transaction)
        for isDone in [false, true] {
            #expect(try await stage.row(bob.id).sealed.isEmpty == isDone)
            // What each of them was isn't told: the whole ledger is read.
            let outcome = try await audit(since: mark)
            #expect(!outcome.isResumed && outcome.findings.isEmpty)
            let rest = try await leaving.rest(of: claim, in: VaultStage.acme, by: "test")
            try await stage.store.commit(rest.transaction)
            if isDone { mark = try #require(outcome.mark) }
        }
        let outcome = try await audit(since: mark)
        #expect(outcome.isResumed && outcome.findings.isEmpty)
        #expect(try await stage.row(alice.id).health == .healthy)
    }

    @Test func `a broken seal is found`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        let mark = try await marked()
        let row = try await stage.row(alice.id)
        try await stage.store.commit(
            Transaction(changes: [
                VaultChange.replace(
                    SealedRow(kind: .connection, id: row.id.raw, bytes: row.sealed), with: Array(row.sealed.dropLast()))
            ]))
        let outcome = try await audit(since: mark)
        #expect(!outcome.isResumed && outcome.findings.map(\.code) == ["truncated"])
    }

    @Test func `a mark that isn't this organization's, or was altered, counts for nothing`() async throws {
        _ = try await stage.connect("alice", secret: "alices-secret")
        let mark = try await marked()
        var altered = mark
        altered[altered.count - 1] ^= 1
        let foreign = try VaultStage()
        _ = try await foreign.connect("alice", secret: "alices-secret")
        let strange = try #require(
            try await foreign.audit.quarantine(in: VaultStage.acme, since: nil, rest: {}).mark)
        for bytes in [altered, Array(mark.dropLast()), [], strange] {
            #expect(try await !audit(since: bytes).isResumed)
        }
        #expect(try await audit(since: mark).isResumed)
    }

    @Test func `a ledger that isn't the one that was read is read from its beginning`() async throws {
        _ = try await stage.connect("alice", secret: "alices-secret")
        let mark = try await marked()
        let other = try VaultStage(stage.keys)
        _ = try await other.connect("bob", secret: "bobs-secret")
        _ = try await other.connect("alice", secret: "alices-secret")
        #expect(try await !other.audit.quarantine(in: VaultStage.acme, since: mark, rest: {}).isResumed)
    }

    @Test func `what is changed while it is looked at is nobody's fault`() async throws {
        var rows: [ConnectionRecord] = []
        for number in 0..<1_100 { rows.append(try await stage.connect("p\(number)", secret: "secret-\(number)")) }
        let mark = try await marked()
        let waiting = Mutex(rows)
        let (stage, next) = (stage, Counter())
        let outcome = try await audit(since: mark) {
            let number = next.take()
            if number < 20, let row = waiting.withLock({ $0.popLast() }) {
                _ = try await stage.desk.revoke(row.id, in: VaultStage.acme, by: "test")
                _ = try await stage.connect("late\(number)", secret: "late-\(number)")
            }
        }
        #expect(waiting.withLock(\.count) < 1_098)
        #expect(outcome.isResumed && outcome.findings.isEmpty)
        #expect(try await audit(since: outcome.mark).isResumed)
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    func take() -> Int {
        count.withLock { count in
            defer { count += 1 }
            return count
        }
    }
}
