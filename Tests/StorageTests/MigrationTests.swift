import Gate
import Registry
import Testing
import Twins

@testable import Storage

@Suite struct MigrationTests {
    private let home: TemporaryHome
    private let next = Migrations.Migration(name: "999-next", statements: ["CREATE TABLE next (id TEXT PRIMARY KEY)"])

    init() throws {
        home = try TemporaryHome()
    }

    private func settings(_ migrations: [Migrations.Migration]) -> StoreSettings {
        StoreSettings(migrations: migrations)
    }

    @Test func `a migration runs once, over what is there`() async throws {
        let before = try home.open()
        try await before.commit(Transaction(changes: [RegistryChange.addAgent(Rows.agent("email"))]))
        try await before.close()
        for _ in 0..<2 {
            let after = try home.open(settings(Migrations.all + [next]))
            #expect(try await after.agents(in: Rows.acme) == [Rows.agent("email")])
            try await after.close()
        }
    }

    @Test func `a home of a newer version is refused`() async throws {
        try await home.open(settings(Migrations.all + [next])).close()
        let fault = try #require(home.fault())
        #expect(fault.code == .newer)
        #expect(fault.message.contains("`999-next`"))
        #expect(fault.hint != nil)
    }

    @Test func `a migration that was edited after it ran is refused`() async throws {
        try await home.open().close()
        let edited = Migrations.all.map {
            Migrations.Migration(name: $0.name, statements: $0.statements + ["CREATE TABLE more (id TEXT)"])
        }
        let fault = try #require(home.fault(settings(edited)))
        #expect(fault.code == .altered)
        #expect(fault.hint != nil)
        #expect(home.fault() == nil)
    }

    @Test func `a migration that fails leaves nothing`() async throws {
        try await home.open().close()
        let broken = Migrations.Migration(name: next.name, statements: next.statements + ["CREATE NONSENSE"])
        #expect(home.fault(settings(Migrations.all + [broken]))?.code == .unreadable)
        try await home.open(settings(Migrations.all + [next])).close()
    }
}
