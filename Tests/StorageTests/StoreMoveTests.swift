import Authority
import Gate
import PostgreSQL
import Registry
import Testing
import Twins

@testable import Storage

@Suite struct StoreMoveTests {
    private func filled(_ home: TemporaryHome) async throws -> SQLStore {
        let store = try home.open()
        for number in 0..<600 {
            store.submit(
                Transaction(
                    bumps: [.organization(Rows.acme)],
                    changes: [RegistryChange.addAgent(Rows.agent("agent-\(number)"))],
                    leaves: [try Rows.leaf(), try Rows.leaf(in: .system)]))
        }
        try await store.commit(Transaction(changes: [GateChange.open(Rows.call("c1"))]))
        try await store.keep([0, 1, 255], as: "bytes")
        return store
    }

    @Test func `everything is there afterwards, and the ledger verifies`() async throws {
        let home = try TemporaryHome()
        guard case .shared(let url) = try await Database.postgreSQL.place() else { return }
        let moved = try await filled(home).move(to: url)
        #expect(moved.rows.first { $0.table == "agents" }?.count == 600)
        let store = try await SQLStore.open(url, name: "test", onLostWrite: { _ in })
        #expect(try await store.agents(in: Rows.acme).count == 600)
        #expect(await store.epoch(of: .organization(Rows.acme)) == 600)
        #expect(try await store.value("bytes") == [0, 1, 255])
        for tree in try await store.trees() { try await verifyTree(tree, of: store, Rows.keys) }
        #expect(try await store.head(of: Rows.tree).size == 600)
        #expect(try await store.abandonedCalls().first?.calls.map(\.id.raw) == ["c1"])
        try await store.commit(Transaction(leaves: [try Rows.leaf()]))
        try await verifyTree(Rows.tree, of: store, Rows.keys)
        try await store.close()
    }

    @Test func `a database that alters what it is given is found, and left as it was`() async throws {
        let home = try TemporaryHome()
        guard case .shared(let url) = try await Database.postgreSQL.place() else { return }
        try await SQLStore.open(url, name: "test", onLostWrite: { _ in }).close()
        let connection = try await PostgreSQLConnection.connect(url)
        try await connection.execute(
            """
            CREATE FUNCTION alter_one() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF NEW.id = 'agent-7' THEN NEW.standing = 'odd'; END IF; RETURN NEW; END $$
            """)
        try await connection.execute(
            "CREATE TRIGGER altering BEFORE INSERT ON agents FOR EACH ROW EXECUTE FUNCTION alter_one()")
        let store = try await filled(home)
        let error = await #expect(throws: StorageError.self) { try await store.move(to: url) }
        #expect(error?.code == .corrupt && error?.message.contains("`agents`") == true)
        #expect(try await connection.query("SELECT 1 FROM leaves").rows.isEmpty)
        await connection.close()
        try await store.driver.close()
    }

    @Test func `a database in use is refused by name of what is in it`() async throws {
        let home = try TemporaryHome()
        guard case .shared(let url) = try await Database.postgreSQL.place() else { return }
        let there = try await SQLStore.open(url, name: "test", onLostWrite: { _ in })
        try await there.commit(Transaction(changes: [RegistryChange.addAgent(Rows.agent("other"))]))
        let store = try await filled(home)
        let error = await #expect(throws: StorageError.self) { try await store.move(to: url) }
        #expect(error?.code == .otherDatabase && error?.message.contains("`agents` has rows") == true)
        #expect(try await there.agents(in: Rows.acme).map(\.id.raw) == ["other"])
        try await there.close()
        try await store.driver.close()
    }

    @Test func `a database with tables of somebody else is left alone`() async throws {
        guard case .shared(let url) = try await Database.postgreSQL.place() else { return }
        let connection = try await PostgreSQLConnection.connect(url)
        try await connection.execute("CREATE TABLE invoices (number BIGINT)")
        let error = await #expect(throws: StorageError.self) {
            _ = try await SQLStore.open(url, name: "test", onLostWrite: { _ in })
        }
        #expect(error?.code == .otherDatabase && error?.message.contains("`invoices`") == true)
        let tables =
            "SELECT CAST(relname AS TEXT) FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST('public' AS regnamespace)"
        #expect(try await connection.query(tables).rows == [[.text("invoices")]])
        await connection.close()
    }
}
