import Authority
import Broker
import Foundation
import Gate
import Testing
import Twins
import Vault

struct KeyDeskTests {
    private let stage: VaultStage

    init() throws {
        stage = try VaultStage()
    }

    private func keep(_ text: String, id: String) async throws {
        let sealed = try stage.keys.sealPayload(Array(text.utf8), id: id)
        try await stage.store.commit(
            Transaction(changes: [GateChange.keep(Payload(id: id, digestKey: [1], sealed: sealed))]))
    }

    @Test func `a rotation seals everything anew, and every credential and payload still opens`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        let bob = try await stage.connect("bob", secret: "bobs-secret")
        for number in 0..<450 { try await keep("payload \(number)", id: "call-\(number)/arguments") }
        let old = stage.keys.activeKey
        let done = try await stage.keyDesk.rotate(by: "test")
        #expect(done.rows == 452)
        #expect(done.refused.isEmpty)
        let views = try await stage.keyDesk.list()
        #expect(views.map(\.id) == ["\(old)", "\(stage.keys.activeKey)"])
        #expect(views.map(\.rows) == [0, 452])
        try stage.keys.retire(old)
        #expect(try await stage.secret(of: alice.use) == "alices-secret")
        #expect(try await stage.secret(of: bob.use) == "bobs-secret")
        let payload = try #require(try await stage.store.payload("call-449/arguments"))
        #expect(try stage.keys.openPayload(payload.sealed, id: payload.id) == Array("payload 449".utf8))
        #expect(payload.digestKey == [1])
        #expect(try await stage.audit.findings(in: VaultStage.acme).isEmpty)
        #expect(try await stage.changes(in: .system) == ["keys.rotating", "keys.rotated", "keys.resealed"])
    }

    private struct Others: KeyHolders {
        let keys: @Sendable () -> [Set<String>]
        func tell(keys: [String]) async throws {}
        func otherHolders() async throws -> [KeyHolder] {
            keys().enumerated().map { KeyHolder(name: "gateway\($0.offset)", keys: $0.element) }
        }
    }

    @Test func `a key seals only when every living gateway has it`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        let ring = stage.keys
        let all: @Sendable () -> Set<String> = { Set(ring.keyStates.map { "\($0.id)" }) }
        let old = all()
        func desk(_ keys: @escaping @Sendable () -> [Set<String>]) -> KeyDesk {
            KeyDesk(
                rows: stage.store, commits: stage.store, keys: ring, holders: Others(keys: keys),
                world: stage.clock.world)
        }
        func refusal(_ desk: KeyDesk) async -> BrokerError? {
            do throws(BrokerError) {
                _ = try await desk.rotate(by: "test")
                return nil
            } catch {
                return error
            }
        }
        let active = ring.activeKey
        #expect(await refusal(desk { [old] })?.hint?.contains("keys add") == true)
        let new = try await desk { [old] }.add(by: "test")
        #expect(await refusal(desk { [all(), old, []] })?.message.contains("`gateway1`, `gateway2`") == true)
        #expect(ring.activeKey == active)
        #expect(await refusal(desk { [all(), all()] }) == nil)
        #expect("\(ring.activeKey)" == new)
        #expect(try await stage.secret(of: alice.use) == "alices-secret")
        #expect(await refusal(desk { [] }) == nil, "alone it makes a key at once")
    }

    @Test func `a rotation that was interrupted is taken up, row by row`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        let old = stage.keys.activeKey
        _ = try stage.keys.rotate()
        try await keep("new", id: "c2")
        #expect(try await stage.keyDesk.list().map(\.rows) == [1, 1])
        #expect(try await stage.secret(of: alice.use) == "alices-secret")
        #expect(try await stage.keyDesk.reseal(by: "test").rows == 1)
        #expect(try await stage.keyDesk.list().map(\.rows) == [0, 2])
        #expect(try await stage.keyDesk.reseal(by: "test").rows == 0)
        try stage.keys.retire(old)
        #expect(try await stage.secret(of: alice.use) == "alices-secret")
    }

    @Test func `a row that doesn't open is told, and keeps its key in use`() async throws {
        _ = try await stage.connect("alice", secret: "alices-secret")
        let bob = try await stage.connect("bob", secret: "bobs-secret")
        let row = try await stage.row(bob.id)
        var altered = row.sealed
        altered[70] ^= 1
        try await stage.store.commit(
            Transaction(changes: [
                VaultChange.replace(SealedRow(kind: .connection, id: bob.id.raw, bytes: row.sealed), with: altered)
            ]))
        let done = try await stage.keyDesk.rotate(by: "test")
        #expect(done.rows == 1)
        #expect(done.refused.map(\.row) == ["connection \(bob.id)"])
        #expect(done.refused.map(\.code) == ["not_authentic"])
        #expect(try await stage.keyDesk.list().map(\.rows) == [1, 1])
    }

    @Test func `a key is retired only when nothing hangs on it`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)").path
        let stage = try VaultStage(try KeyRing.create(at: folder))
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try await stage.connect("alice", secret: "alices-secret")
        let old = "\(stage.keys.activeKey)"
        func refusal(_ name: String, _ desk: KeyDesk) async -> BrokerError? {
            do throws(BrokerError) {
                try await desk.retire(name, by: "test")
                return nil
            } catch {
                return error
            }
        }
        #expect(await refusal(old, stage.keyDesk)?.message.contains("is the key that seals") == true)
        #expect(await refusal("k_00", stage.keyDesk)?.code == .unknown)
        _ = try stage.keys.rotate()
        #expect(await refusal(old, stage.keyDesk)?.message.contains("calls that began before") == true)
        // After a quarter of an hour no client brings back what the old key sealed.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -901)], ofItemAtPath: folder)
        let later = KeyDesk(
            rows: stage.store, commits: stage.store, keys: try KeyRing(file: folder), world: stage.clock.world)
        #expect(await refusal(old, later)?.message.contains("1 rows are still sealed") == true)
        _ = try await later.reseal(by: "test")
        #expect(await refusal(old, later) == nil)
        #expect(try KeyRing(file: folder).keyStates.count == 1)
        #expect(try await stage.changes(in: .system).last == "keys.retired")
    }
}
