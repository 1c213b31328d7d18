import Authority
import Broker
import Definition
import Gate
import Testing
import Vault
import Wire

@testable import Storage

/// Somebody writes to the connections' table by hand.
struct SealedPlacesTests {
    private struct Scene {
        let store: SQLStore
        let keys: KeyRing
        let fingerprints = Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes))

        init(_ database: Database) async throws {
            store = try await database.place().open()
            keys = try KeyRing.ephemeral()
        }

        /// A connection with a key of Alice's or Bob's.
        func add(_ owner: String, _ format: SealFormat = .current) async throws -> ConnectionRecord {
            var bytes = Array("key-of-\(owner)".utf8)
            let secret = Secret(consuming: &bytes)
            func row(_ sealed: [UInt8]) -> ConnectionRecord {
                ConnectionRecord(
                    id: ConnectionID("con_\(owner)"), organization: Rows.acme, owner: .person(PersonID(owner)),
                    provider: ProviderID("notion"), origin: "https://api.notion.com", issuer: "https://id.notion.test",
                    kind: "bearer", account: "w-1/\(owner)", accountName: owner, email: nil, scopes: [], generation: 1,
                    fingerprint: fingerprints.of(secret), sealed: sealed, health: .healthy,
                    created: Timestamp(microseconds: 1))
            }
            let sealed = try keys.seal(secret, row([]).use.sealContext(kind: "bearer"), format)
            try await store.commit(Transaction(changes: [BrokerChange.add(row(sealed.bytes))]))
            return row(sealed.bytes)
        }

        private static let edits = [
            "account": Query("UPDATE connections SET account = $1 WHERE id = $2"),
            "issuer": Query("UPDATE connections SET issuer = $1 WHERE id = $2"),
            "owner": Query("UPDATE connections SET owner = $1 WHERE id = $2"),
            "owner_kind": Query("UPDATE connections SET owner_kind = $1 WHERE id = $2"),
            "organization": Query("UPDATE connections SET organization = $1 WHERE id = $2"),
            "origin": Query("UPDATE connections SET origin = $1 WHERE id = $2"),
            "kind": Query("UPDATE connections SET kind = $1 WHERE id = $2"),
            "sealed": Query("UPDATE connections SET sealed = $1 WHERE id = $2"),
            "account_name": Query("UPDATE connections SET account_name = $1 WHERE id = $2"),
            "email": Query("UPDATE connections SET email = $1 WHERE id = $2"),
        ]

        func write(_ column: String, _ value: any Storable, to row: ConnectionRecord) async throws {
            let values: [any Storable] = [value, row.id.raw]
            try await store.driver.write(try #require(Scene.edits[column]), values.bound())
        }

        /// What a gateway that starts now would send for the connection as it finds it.
        func opened(_ id: ConnectionID) async throws -> String {
            let source = SealedCredentials(
                store: store, commits: store, keys: keys, fingerprints: fingerprints,
                providers: try ProviderShelf(try BundledProviders.read()), tokens: nil)
            let use = try #require(try await store.connection(id)).use
            return try await source.credential(for: use, by: nil).secret.withBytes {
                String(decoding: $0, as: UTF8.self)
            }
        }

        func isMisplaced(_ id: ConnectionID) async throws -> Bool {
            do {
                _ = try await opened(id)
                return false
            } catch CredentialError.sealBroken(let fault) {
                return fault.code == .misplaced
            }
        }
    }

    @Test(arguments: Database.allCases)
    func `whoever edits whose a connection is, or moves its secret, has nothing that opens`(_ database: Database)
        async throws
    {
        let scene = try await Scene(database)
        let (alice, bob) = (try await scene.add("alice"), try await scene.add("bob"))
        #expect(try await scene.opened(alice.id) == "key-of-alice")
        let edits: [(String, any Storable, any Storable)] = [
            ("account", bob.account, alice.account), ("issuer", "https://id.evil.test", alice.issuer),
            ("issuer", "", alice.issuer), ("owner", "bob", "alice"), ("owner_kind", "agent", "person"),
            ("organization", "other", "acme"), ("origin", "https://evil.test", alice.origin),
            ("kind", "api_key", alice.kind), ("sealed", bob.sealed, alice.sealed),
        ]
        for (column, value, before) in edits {
            try await scene.write(column, value, to: alice)
            #expect(try await scene.isMisplaced(alice.id), "\(column)")
            try await scene.write(column, before, to: alice)
            #expect(try await scene.opened(alice.id) == "key-of-alice", "\(column)")
        }
        // What a person is shown may change, and opens nothing else.
        try await scene.write("account_name", "Alice Reyes", to: alice)
        try await scene.write("email", "alice.reyes@acme.test", to: alice)
        #expect(try await scene.opened(alice.id) == "key-of-alice")
        try await scene.store.close()
    }

    @Test(arguments: Database.allCases)
    func `a secret of before opens, and is bound to issuer and account by the next rotation`(_ database: Database)
        async throws
    {
        let scene = try await Scene(database)
        let (alice, bob) = (try await scene.add("alice", .withoutAccount), try await scene.add("bob", .withoutAccount))
        #expect(try await scene.opened(alice.id) == "key-of-alice")
        // One that was moved isn't bound to where it lies now: it keeps its own place, and its key is changed alone.
        try await scene.write("owner", "mallory", to: bob)
        let desk = KeyDesk(
            rows: scene.store, commits: scene.store, keys: scene.keys, connections: scene.store,
            world: World(now: { Timestamp(microseconds: 1) }, newID: { $0 }))
        let done = try await desk.rotate(by: "test")
        #expect(done.rows == 2 && done.refused.isEmpty)
        func format(_ id: ConnectionID) async throws -> UInt8? { try await scene.store.connection(id)?.sealed.first }
        #expect(try await format(alice.id) == 3)
        #expect(try await format(bob.id) == 2)
        #expect(try await scene.opened(alice.id) == "key-of-alice")
        #expect(try await scene.isMisplaced(bob.id))
        for column in ["account", "issuer"] {
            try await scene.write(column, "w-1/bob", to: alice)
            #expect(try await scene.isMisplaced(alice.id), "\(column)")
            try await scene.write(column, column == "account" ? alice.account : alice.issuer, to: alice)
        }
        #expect(try await desk.rotate(by: "test").rows == 2)
        #expect(try await scene.opened(alice.id) == "key-of-alice")
        try await scene.store.close()
    }
}
