import Authority
import Broker
import Gate
import Ledger
import Testing
import Twins
import Vault
import Wire

/// Somebody writes to the database by hand. Each thing that they may try has a name of its own.
struct VaultAuditTests {
    private let stage: VaultStage

    init() throws {
        stage = try VaultStage()
    }

    private func replace(_ id: ConnectionID, with bytes: [UInt8]) async throws {
        let row = try await stage.row(id)
        try await stage.store.commit(
            Transaction(changes: [
                VaultChange.replace(SealedRow(kind: .connection, id: id.raw, bytes: row.sealed), with: bytes)
            ]))
    }

    private func codes() async throws -> [String] {
        try await stage.audit.findings(in: VaultStage.acme).map(\.code)
    }

    @Test func `nothing is found where nobody wrote`() async throws {
        _ = try await stage.connect("alice", secret: "alices-secret")
        let bob = try await stage.connect("bob", secret: "bobs-secret")
        _ = try await stage.desk.revoke(bob.id, in: VaultStage.acme, by: "test")
        #expect(try await codes().isEmpty)
        #expect(try await stage.audit.revoked(in: VaultStage.acme) == [bob.id])
        #expect(stage.forgotten.all == [bob.id])
    }

    @Test func `swapped, truncated, altered and foreign seals are told apart`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        let bob = try await stage.connect("bob", secret: "bobs-secret")
        let (hers, his) = (try await stage.row(alice.id).sealed, try await stage.row(bob.id).sealed)
        var altered = hers
        altered[altered.count - 1] ^= 1
        let foreign = try KeyRing.ephemeral().seal(Secret.random(count: 8), .forTests).bytes
        let attacks: [([UInt8], String)] = [
            (his, "misplaced"), (Array(hers.dropLast()), "truncated"), ([], "truncated"),
            (Array(hers.prefix(7)), "truncated"), (altered, "not_authentic"), (foreign, "unknown_key"),
        ]
        for (bytes, code) in attacks {
            try await replace(alice.id, with: bytes)
            #expect(try await codes() == [code])
            let error = await #expect(throws: CredentialError.self) { try await stage.secret(of: alice.use) }
            #expect(error?.fault?.rawValue == code)
        }
        // The last one: what was sealed with a key that this gateway lacks may be right at every other.
        #expect(try await stage.audit.quarantine(in: VaultStage.acme).first?.hint.contains("copy the key file") == true)
        #expect(try await stage.row(alice.id).health == .healthy)
        try await replace(alice.id, with: hers)
        #expect(try await codes().isEmpty)
    }

    @Test func `a row that was put back, made up, moved or taken away is noticed`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        let before = try await stage.row(alice.id)
        _ = try await stage.desk.revoke(alice.id, in: VaultStage.acme, by: "test")

        // The whole row as it was: every seal of it holds.
        stage.store.put(before)
        #expect(try await stage.secret(of: alice.use) == "alices-secret")
        #expect(try await codes() == ["revived"])
        #expect(try await stage.audit.quarantine(in: VaultStage.acme).map(\.code) == ["revived"])
        #expect(try await stage.row(alice.id).health == .broken)
        await #expect(throws: CredentialError.gone) { try await stage.secret(of: alice.use) }

        let bob = try await stage.connect("bob", secret: "bobs-secret")
        let row = try await stage.row(bob.id)
        let edits: [(ConnectionRecord, String)] = [
            (row.edited(generation: 0), "rolled_back"), (row.edited(generation: 2), "rewritten"),
            (row.edited(owner: alice.owner), "rewritten"), (row.edited(account: "alice@acme.test"), "rewritten"),
            (row.edited(fingerprint: "fp_0"), "rewritten"), (row.edited(health: .revoked), "rewritten"),
        ]
        for (edited, code) in edits {
            stage.store.put(edited)
            let found = try await stage.audit.findings(in: VaultStage.acme).filter { $0.connection == bob.id }
            #expect(found.map(\.code) == [code], "\(edited)")
        }
        stage.store.put(row)
        stage.store.put(row.edited(id: ConnectionID("con_new")))
        #expect(try await codes().contains("unrecorded"))
        stage.store.remove(ConnectionID("con_new"))
        stage.store.remove(bob.id)
        #expect(try await codes().contains("missing"))
    }
}

/// Somebody writes to the ledger as well. What it says of connections counts only where it verifies.
struct AlteredLedgerTests {
    private let stage: VaultStage

    init() throws {
        stage = try VaultStage()
    }

    @Test func `an altered ledger is the one finding, whatever it says`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        let before = try await stage.row(alice.id)
        _ = try await stage.desk.revoke(alice.id, in: VaultStage.acme, by: "test")
        stage.store.put(before)
        let tree = TreeID.organization(VaultStage.acme)
        let size = try await stage.store.head(of: tree).size
        for index in 0..<size {
            let whole = try await stage.store.records(of: tree, from: index, limit: 1)[0].bytes
            for altered in [
                Array(String(decoding: whole, as: UTF8.self).replacing("revoked", with: "rewoked").utf8),
                Array(" ".utf8) + whole,
            ] where altered != whole {
                stage.store.alter(tree, at: index, to: altered)
                #expect(try await stage.audit.findings(in: VaultStage.acme).map(\.code) == ["ledger_altered"])
                await #expect(throws: (any Error).self) { try await stage.audit.revoked(in: VaultStage.acme) }
            }
            stage.store.alter(tree, at: index, to: whole)
        }
        #expect(try await stage.audit.findings(in: VaultStage.acme).map(\.code) == ["revived"])
    }

    @Test func `a connection that is added twice is a forgery`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        let before = try await stage.row(alice.id)
        let leaf = try Leaf(
            kind: .authority, time: stage.clock.world.now().microseconds,
            fields: [
                "change": "connection.added", "by": "test", "connection": .string(alice.id.raw),
                "owner": "person:alice",
                "provider": "gmail", "account": .string(alice.account), "generation": 1,
                "fingerprint": .string(alice.fingerprint),
            ])
        _ = try await stage.desk.revoke(alice.id, in: VaultStage.acme, by: "test")
        stage.store.put(before)
        try await stage.store.commit(Transaction(leaves: [PlacedLeaf(leaf, in: .organization(VaultStage.acme))]))
        #expect(try await stage.audit.findings(in: VaultStage.acme).map(\.code) == ["rewritten"])
        #expect(try await stage.audit.revoked(in: VaultStage.acme) == [alice.id])
    }
}

extension ConnectionRecord {
    func edited(
        id: ConnectionID? = nil, owner: Owner? = nil, account: String? = nil, generation: Int64? = nil,
        fingerprint: String? = nil, health: ConnectionHealth? = nil
    ) -> ConnectionRecord {
        ConnectionRecord(
            id: id ?? self.id, organization: organization, owner: owner ?? self.owner, provider: provider,
            origin: origin, kind: kind, account: account ?? self.account, accountName: accountName, email: email,
            scopes: scopes, generation: generation ?? self.generation, fingerprint: fingerprint ?? self.fingerprint,
            sealed: sealed, health: health ?? self.health, created: created)
    }
}

extension SealContext {
    fileprivate static let forTests = SealContext(
        organization: "acme", ownerKind: "person", owner: "alice", provider: "gmail", host: "h", issuer: "i",
        account: "a", connection: "c",
        kind: "bearer", generation: 1)
}
