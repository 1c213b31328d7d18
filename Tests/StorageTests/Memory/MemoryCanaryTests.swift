import Authority
import Broker
import Foundation
import Gate
import PostgreSQL
import Testing
import Turns
import Twins
import Vault
import Wire

@testable import Storage

/// A canary of each person, told to one agent through the gate, with the real index and the real seal.
@Suite struct MemoryCanaryTests {
    private func stage(_ database: Database) async throws -> (place: StorePlace, stage: MemoryStage) {
        let place = try await database.place()
        let stage = try MemoryStage(try await place.open(), keys: try KeyRing.ephemeral())
        #expect(await stage.plant())
        return (place, stage)
    }

    @Test(arguments: Database.allCases)
    func `fleet 13: each person is told their own canary, and nobody another's`(database: Database) async throws {
        let (_, stage) = try await stage(database)
        for person in MemoryStage.people {
            #expect(await stage.leaks(to: person) == [person])
            #expect(await stage.told(person).contains("conversation"))
            #expect(await !stage.told(person, with: "d").contains("conversation"))
        }
        try await stage.store.close()
    }

    @Test(arguments: Database.allCases)
    func `a memory that is kept without its person is found by the same search`(database: Database) async throws {
        let (_, stage) = try await stage(database)
        let place = MemoryPlace(.agent, of: AgentID("helper"), in: Rows.acme)
        let planted = MemoryEntry(
            id: MemoryID("planted"), place: place, writer: MemoryStage.people[0], source: "fault", labels: .fresh,
            created: Timestamp(microseconds: 1), changed: Timestamp(microseconds: 1), index: [])
        let payloads = PayloadKeeper(sealing: SealedPayloads(keys: stage.keys), store: stage.store)
        try await stage.store.commit(
            Transaction(changes: [
                MemoryChange.open(place), try payloads.kept(["key": "AAAA"], id: place.keyPayload),
                MemoryChange.add(planted),
                try payloads.kept(
                    ["text": .string(MemoryStage.canary(of: MemoryStage.people[0]))], id: planted.payload),
            ]))
        #expect(await stage.leaks(to: MemoryStage.people[1]) == Set(MemoryStage.people))
        try await stage.store.close()
    }

    @Test(arguments: Database.allCases)
    func `a clone of the agent remembers nothing`(database: Database) async throws {
        let (_, stage) = try await stage(database)
        for person in MemoryStage.people {
            #expect(await !stage.told(person, of: "helper-clone").contains("canary"))
        }
        try await stage.store.close()
    }

    @Test(arguments: Database.allCases)
    func `fleet 16: who leaves is remembered no more, and everybody else is`(database: Database) async throws {
        let (_, stage) = try await stage(database)
        try await stage.store.commit(Transaction(changes: [ErasureChange.memory(Rows.acme, MemoryStage.people[0])]))
        #expect(await stage.leaks(to: MemoryStage.people[0]).isEmpty)
        #expect(await stage.leaks(to: MemoryStage.people[1]) == [MemoryStage.people[1]])
        #expect(
            try await stage.store.memories(about: MemoryStage.people[0], in: Rows.acme, limit: 9).isEmpty)
        try await verifyTree(Rows.tree, of: stage.store, Rows.keys)
        try await stage.store.close()
    }

    @Test(arguments: Database.allCases)
    func `whoever has the database finds no word of it`(database: Database) async throws {
        let (place, stage) = try await stage(database)
        let index = try await stage.store.memories(about: MemoryStage.people[0], in: Rows.acme, limit: 1)[0].index
        try await stage.store.close()
        let dump = try await place.dump()
        #expect(dump.contains(try #require(index.first)), "the dump has the index")
        for word in ["canary-of-alice", "canary-of-bob", "cerulean", "vermilion"] {
            #expect(!dump.contains(word))
            #expect(!dump.contains(Data(word.utf8).map { String(format: "%02x", $0) }.joined()))
        }
    }

    @Test func `what is remembered moves to another database, and is found there`() async throws {
        let (_, stage) = try await stage(.sqlite)
        guard case .shared(let url) = try await Database.postgreSQL.place() else { return }
        let moved = try await stage.store.move(to: url)
        #expect(moved.rows.first { $0.table == "memories" }?.count == 4)
        #expect(!moved.rows.contains { $0.table.hasPrefix("memory_words") })
        let store = try await SQLStore.open(url, name: "test", onLostWrite: { _ in })
        let there = try MemoryStage(store, keys: stage.keys)
        for person in MemoryStage.people { #expect(await there.leaks(to: person) == [person]) }
        try await store.close()
    }
}

extension StorePlace {
    /// Everything that the database holds, as text.
    fileprivate func dump() async throws -> String {
        switch self {
        case .embedded(let home):
            return ["", "-wal"].compactMap { FileManager.default.contents(atPath: home.path + $0) }
                .map { String(decoding: $0, as: UTF8.self) }.joined()
        case .shared(let url):
            let connection = try await PostgreSQLConnection.connect(url)
            let names = try await connection.query(
                "SELECT CAST(relname AS TEXT) FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS regnamespace)"
            )
            var dump = ""
            for row in names.rows {
                guard case .text(let name)? = row.first else { continue }
                for line in try await connection.query("SELECT CAST(t AS TEXT) FROM \(name) AS t").rows {
                    if case .text(let text)? = line.first { dump += text + "\n" }
                }
            }
            await connection.close()
            return dump
        }
    }
}
