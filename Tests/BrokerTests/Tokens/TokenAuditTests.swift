import Authority
import Gate
import Ledger
import Testing
import Twins
import Wire

@testable import Broker

/// Somebody writes tokens to the database by hand. The ledger knows each writing of them.
struct TokenAuditTests {
    /// A connection whose tokens were renewed twice, as they were each time.
    private struct Scene {
        let stage: TokenStage
        let server = StrictServer()
        let record: ConnectionRecord
        private(set) var writings: [TokenSet] = []

        init() async throws {
            stage = try await TokenStage()
            record = try await stage.connect()
            writings = [try await stage.tokens(record)]
            for _ in 0..<2 { try await renew() }
        }

        mutating func renew() async throws {
            stage.clock.advance(seconds: 3_400)
            _ = try await stage.keeper(server).renewDue()
            writings.append(try await stage.tokens(record))
        }

        func put(_ tokens: TokenSet) async throws {
            try await stage.store.commit(Transaction(changes: [TokenSetChange.keep(tokens)]))
        }

        /// What an audit of the whole ledger finds, and one that goes on from a mark.
        func audit(since mark: [UInt8]? = nil) async throws -> AuditOutcome {
            try await VaultAudit(
                connections: stage.store, ledger: stage.store, commits: stage.store, keys: stage.keys,
                signing: VaultStage.signing, world: stage.clock.world
            ).quarantine(in: TokenStage.acme, since: mark, rest: {})
        }

        func reconnect() async throws -> ConnectionRecord {
            let granted = stage.granted(access: "b1", refresh: "s1", lifetime: 3_600)
            return try await stage.desk.keep(
                granted, for: stage.new, over: try await stage.store.connection(record.id))
        }
    }

    @Test func `what was renewed, connected again and revoked is nobody's fault, from the beginning and from a mark`()
        async throws
    {
        var scene = try await Scene()
        var mark = try await scene.audit().mark
        for step in 0..<5 {
            switch step {
            case 1: try await scene.renew()
            case 2: #expect(try await scene.reconnect().generation == 2)
            case 3: _ = try await scene.stage.desk.revoke(scene.record.id, in: TokenStage.acme, by: "test")
            default: break
            }
            let (resumed, whole) = (try await scene.audit(since: mark), try await scene.audit())
            #expect(resumed.isResumed && resumed.findings.isEmpty, "step \(step)")
            #expect(!whole.isResumed && whole.findings.isEmpty, "step \(step)")
            mark = resumed.mark
        }
    }

    enum Fault: CaseIterable {
        case oldWriting, older, taken, unknownWriting, otherGrant, altered, swapped
    }

    /// Before the mark or after it, the last renewal is found to be undone.
    @Test(arguments: Fault.allCases, [false, true])
    func `whatever was written by hand is found, and the connection isn't used`(
        fault: Fault, isTouched: Bool
    ) async throws {
        var scene = try await Scene()
        let mark = try await scene.audit().mark
        if isTouched { try await scene.renew() }
        let (now, before) = (try #require(scene.writings.last), scene.writings[scene.writings.count - 2])
        let code: String
        switch fault {
        case .oldWriting:
            try await scene.put(before)
            code = "tokens_rolled_back"
        case .older:
            try await scene.put(scene.writings[0])
            code = "tokens_rolled_back"
        case .taken:
            try await scene.stage.store.commit(Transaction(changes: [TokenSetChange.drop(scene.record.id)]))
            code = "tokens_missing"
        case .unknownWriting:
            try await scene.put(now.edited(generation: now.generation + 1))
            code = "rewritten"
        case .otherGrant:
            try await scene.put(now.edited(grant: "another"))
            code = "rewritten"
        case .altered:
            try await scene.put(now.edited(access: Array(now.access.dropLast())))
            code = "truncated"
        case .swapped:
            // The right number, and the tokens of before: the seal says which writing they are.
            try await scene.put(before.edited(generation: now.generation))
            code = "wrong_generation"
        }
        let outcome = try await scene.audit(since: mark)
        #expect(!outcome.isResumed && outcome.findings.map(\.code) == [code])
        #expect(try await scene.stage.store.connection(scene.record.id)?.health == .broken)
    }

    @Test func `tokens that nobody gave, and those of a revoked connection, are found`() async throws {
        let scene = try await Scene()
        let tokens = try #require(scene.writings.last)
        let mark = try await scene.audit().mark
        _ = try await scene.stage.desk.revoke(scene.record.id, in: TokenStage.acme, by: "test")
        try await scene.put(tokens)
        #expect(try await scene.audit(since: mark).findings.map(\.code) == ["tokens_left"])

        let vault = try VaultStage()
        let alice = try await vault.connect("alice", secret: "alices-secret")
        #expect(try await vault.audit.findings(in: VaultStage.acme).isEmpty)
        try await vault.store.commit(
            Transaction(changes: [TokenSetChange.keep(tokens.edited(connection: alice.id))]))
        #expect(try await vault.audit.findings(in: VaultStage.acme).map(\.code) == ["tokens_unrecorded"])
    }

    @Test func `tokens of a person who leaves with many are no fault while they are destroyed`() async throws {
        let scene = try await Scene()
        try await scene.stage.store.commit(
            Transaction(changes: [BrokerChange.revokeAll(TokenStage.acme, scene.record.owner)]))
        let row = try #require(try await scene.stage.store.connection(scene.record.id))
        #expect(row.health == .revoked && !row.sealed.isEmpty)
        #expect(try await scene.audit().findings.map(\.code) == ["rewritten"], "nothing says that they were revoked")
        let leaf = try Leaf(
            kind: .authority, time: scene.stage.clock.world.now().microseconds,
            fields: ["change": "connection.revoked-all", "by": "test", "owner": .string(scene.record.owner.text)])
        try await scene.stage.store.commit(
            Transaction(leaves: [PlacedLeaf(leaf, in: .organization(TokenStage.acme))]))
        #expect(try await scene.audit().findings.isEmpty)
    }
}

extension TokenSet {
    fileprivate func edited(
        connection: ConnectionID? = nil, generation: Int64? = nil, grant: String? = nil, access: [UInt8]? = nil
    ) -> TokenSet {
        TokenSet(
            connection: connection ?? self.connection, grant: grant ?? self.grant,
            generation: generation ?? self.generation, clientID: clientID, fingerprint: fingerprint,
            access: access ?? self.access, refresh: refresh, expires: expires, obtained: obtained, due: due)
    }
}
