import Authority
import Broker
import Foundation
import Gate
import Registry
import Testing
import Twins

@testable import Storage

@Suite struct ShreddingTests {
    private let home: TemporaryHome
    private let secret = Array("a-sealed-record-that-is-easy-to-find-\(UUID().uuidString)".utf8)

    init() throws {
        home = try TemporaryHome()
    }

    /// Which of the store's files hold the secret.
    private func places() -> [String] {
        ["", "-wal", "-shm"].filter { end in
            guard let bytes = FileManager.default.contents(atPath: home.path + end) else { return false }
            return bytes.range(of: Data(secret)) != nil
        }
    }

    private func add(to store: SQLStore) async throws -> ConnectionID {
        let row = Rows.connection("con_1", sealed: secret)
        try await store.commit(Transaction(changes: [BrokerChange.add(row)]))
        return row.id
    }

    @Test func `a shredded secret is in no file of the store`() async throws {
        let store = try home.open()
        let id = try await add(to: store)
        #expect(places() == ["-wal"], "the search finds what is there")
        try await store.commit(Transaction(changes: [BrokerChange.setHealth(id, .revoked), BrokerChange.shred(id)]))
        #expect(places().isEmpty)
        #expect(try await store.connection(id)?.sealed.isEmpty == true)
    }

    @Test func `one that had reached the database file is overwritten there too`() async throws {
        let first = try home.open()
        let id = try await add(to: first)
        try await first.close()
        #expect(places() == [""])
        let store = try home.open()
        try await store.commit(Transaction(changes: [BrokerChange.shred(id)]))
        #expect(places().isEmpty)
    }
}
