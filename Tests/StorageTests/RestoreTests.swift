import Authority
import Broker
import Foundation
import Gate
import Registry
import Testing
import Twins
import Wire

@testable import Storage

@Suite struct RestoreTests {
    private let home: TemporaryHome

    init() throws {
        home = try TemporaryHome()
    }

    @Test func `a copy of a store in use is whole, and brings its files along`() async throws {
        let store = try home.open()
        try await store.commit(
            Transaction(
                bumps: [.home], changes: [BrokerChange.add(Rows.connection("c1", sealed: [1, 2]))],
                leaves: [try Rows.leaf(at: 7)]))
        let other = try TemporaryHome()
        let files = [HomeFile(path: "workspaces/email/AGENTS.md", bytes: Array("rules".utf8))]
        try await store.backup(to: other.path, with: files)
        // What comes after the copy isn't in it.
        try await store.commit(Transaction(bumps: [.home], leaves: [try Rows.leaf(at: 8)]))
        let mode = try FileManager.default.attributesOfItem(atPath: other.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let copy = try other.open()
        #expect(try await copy.takeFiles() == files)
        #expect(try await copy.takeFiles().isEmpty)
        #expect(try await copy.connection(ConnectionID("c1"))?.sealed == [1, 2])
        #expect(try await copy.head(of: Rows.tree).size == 1)
        #expect(try await copy.lastLeafTime() == Timestamp(microseconds: 7))
        #expect(await copy.epoch(of: .home) == 1)
        let error = await #expect(throws: StorageError.self) { try await store.backup(to: other.path, with: []) }
        #expect(error?.message.contains(other.path) == true)
    }

    @Test func `a restored store gives up what was handed out`() async throws {
        let store = try home.open()
        let token = TokenRecord(
            id: ClientID("t1"), organization: Rows.acme, person: PersonID("alice"), agents: [], label: "laptop",
            hash: .sha256(of: [1]), ceiling: .all, expires: Timestamp(microseconds: 9), state: .active,
            created: Timestamp(microseconds: 1))
        let person = EpochScope.person(Rows.acme, PersonID("alice"))
        try await store.commit(Transaction(bumps: [.home, person], changes: [RegistryChange.addToken(token)]))
        let stale = Transaction(requires: [EpochReading(scope: person, value: 1)])
        #expect(await store.refusal(of: stale) == nil)
        let (fresh, tried) = (Timestamp(microseconds: 3), Timestamp(microseconds: 5))
        let lease = TokenLease(owner: "gone", until: Timestamp(microseconds: 1_000))
        try await store.commit(
            Transaction(changes: [
                TokenSetChange.keep(tokenSet("c1", obtained: fresh)),
                TokenSetChange.keep(tokenSet("c2", obtained: fresh)),
                TokenSetChange.claim(tokenSet("c2", obtained: fresh), lease, at: tried),
            ]))
        try await store.commit(Transaction(changes: [RestoreChange.restored]))
        let restored = try await (store.tokens(of: ConnectionID("c1")), store.tokens(of: ConnectionID("c2")))
        #expect(restored.0?.attempted == fresh && restored.1?.attempted == tried, "each may have been renewed since")
        #expect(restored.1?.lease == nil)
        #expect(await store.epoch(of: .home) == 2)
        #expect(await store.epoch(of: person) == 2)
        #expect(await store.refusal(of: stale) == "moved \(person.raw)")
        #expect(try await store.token(ClientID("t1"))?.state == .revoked)
        try await store.close()
        #expect(try await home.open().epoch(of: person) == 2)
    }

    private func tokenSet(_ id: String, obtained: Timestamp) -> TokenSet {
        TokenSet(
            connection: ConnectionID(id), grant: "g", generation: 1, clientID: "client", fingerprint: "f", access: [1],
            refresh: [2], expires: nil, obtained: obtained, due: nil)
    }
}
