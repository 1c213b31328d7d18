import Authority
import Gate
import Ledger
import Testing
import Twins
import Wire

struct PerformTests {
    @Test func `a permitted read goes out with the requester's own connection and comes back`() async throws {
        let stage = try Stage()
        stage.upstream.answer(json: #"{"text":"hello"}"#)
        stage.upstream.answer(json: #"{"text":"hallo"}"#)
        guard case .done(_, let first) = await stage.call("notes.read"),
            case .done(_, let second) = await stage.call("notes.read", as: Stage.bob)
        else { return #expect(Bool(false), "both reads are permitted") }
        #expect(first["text"] == "hello")
        #expect(second["text"] == "hallo")
        #expect(stage.upstream.seen.map(\.connection?.raw) == ["con-alice", "con-bob"])
    }

    @Test func `decision and intent are in the ledger before the effect and the outcome after it`() async throws {
        let stage = try Stage()
        stage.upstream.answer(json: "{}")
        let store = stage.store
        stage.upstream.meanwhile {
            let records = try? await store.records(of: .organization(Stage.organization), from: 0, limit: 9)
            let kinds = records?.compactMap { try? JSON.parse($0.bytes)["kind"]?.stringValue }
            #expect(kinds == ["decision", "intent"])
        }
        _ = await stage.call("notes.write")
        #expect(try await stage.kinds() == ["decision", "intent", "outcome"])
        #expect(stage.clock.reached == [.beforeCommit, .beforeEffect, .beforeOutcome, .beforeAnswer])
    }

    @Test func `when the ledger can't be written nothing goes out`() async throws {
        let stage = try Stage()
        stage.store.fail(with: "the disk is full")
        guard case .unavailable(let reason) = await stage.call("notes.write") else {
            return #expect(Bool(false), "the call isn't done")
        }
        #expect(reason.contains("disk is full"))
        #expect(stage.upstream.seen.isEmpty)
    }

    @Test func `policy 4: what was judged is what is sent`() async throws {
        let stage = try Stage()
        stage.upstream.answer(json: "{}")
        _ = await stage.call("notes.write", ["id": "7"])
        #expect(stage.upstream.seen.map(\.request) == ["POST /notes.write"])
        let leaves = try await stage.leaves()
        let call = leaves[0]["call"]?.stringValue ?? ""
        let kept = try #require(try await stage.store.payload("\(call)/arguments"))
        #expect(String(decoding: kept.sealed, as: UTF8.self) == #"{"id":"7"}"#)
        #expect(leaves[0]["arguments"]?["hmac"]?.stringValue == Digest.hmac(of: kept.sealed, key: kept.digestKey).hex)
    }

    @Test func `a send asks, is recorded and sends nothing`() async throws {
        let stage = try Stage()
        guard case .ask(let findings, _) = await stage.call("notes.send", ["to": "bob@acme.test", "text": "hi"]) else {
            return #expect(Bool(false), "a send asks")
        }
        #expect(findings.map(\.rule) == [.effectAsks])
        #expect(stage.upstream.seen.isEmpty)
        #expect(try await stage.kinds() == ["decision"])
    }

    @Test func `a hidden tool and a missing one answer alike`() async throws {
        let stage = try Stage { $0.deny = ["notes.run"] }
        for tool in ["notes.run", "notes.nothing"] {
            guard case .noSuchTool = await stage.call(tool) else { return #expect(Bool(false), "\(tool) is hidden") }
            guard case .noSuchTool = await stage.call(tool, ["wrong": 1]) else {
                return #expect(Bool(false), "\(tool) is hidden with wrong arguments too")
            }
        }
    }

    @Test func `unknown arguments are refused by name`() async throws {
        let stage = try Stage()
        guard case .invalid(let violations) = await stage.call("notes.read", ["idd": "1"]) else {
            return #expect(Bool(false), "the schema is closed")
        }
        #expect(violations.first?.description.contains("idd") == true)
    }

    @Test func `an epoch that moves between facts and commit means another decision`() async throws {
        let stage = try Stage()
        let stopped = StandingFacts(client: .removed)
        // The first commit finds the token's epoch moved; the second try sees it revoked.
        let racing = RacingCommits(stage.store) {
            stage.facts.set(stopped)
            try? await stage.store.commit(Transaction(bumps: [.client(ClientID("token"))]))
        }
        let gate = stage.gate(with: racing)
        guard case .deny(let findings) = await gate.perform(stage.request("notes.write", ["id": "1"])) else {
            return #expect(Bool(false), "the revoked token is refused")
        }
        #expect(findings.map(\.rule) == [.clientInactive])
        #expect(stage.upstream.seen.isEmpty)
    }

    @Test func `a result that arrives after a revocation is recorded and withheld`() async throws {
        let stage = try Stage()
        stage.upstream.answer(json: #"{"secret":"plan"}"#)
        let store = stage.store
        stage.upstream.meanwhile { try? await store.commit(Transaction(bumps: [.client(ClientID("token"))])) }
        guard case .withheld = await stage.call("notes.read") else {
            return #expect(Bool(false), "the late result is withheld")
        }
        let outcome = try #require(try await stage.leaves().last)
        #expect(outcome["withheld"]?.boolValue == true)
    }

    @Test func `a refused credential is reported to its keeper`() async throws {
        let stage = try Stage()
        stage.upstream.answer(.success(UpstreamAnswer(status: 401, headers: [], body: [])))
        _ = await stage.call("notes.read")
        #expect(stage.connections.refusals.map(\.raw) == ["con-alice"])
    }

    @Test func `a full budget denies and leaves no record of each refusal`() async throws {
        let stage = try Stage { $0.budget = Budget(callsPerMinute: 2) }
        for _ in 0..<2 {
            stage.upstream.answer(json: "{}")
            guard case .done = await stage.call("notes.read") else { return #expect(Bool(false), "within the budget") }
        }
        let size = try await stage.leaves().count
        guard case .deny(let findings) = await stage.call("notes.read") else {
            return #expect(Bool(false), "the budget is full")
        }
        #expect(findings.map(\.rule) == [.perMinute])
        #expect(try await stage.leaves().count == size)
        stage.clock.advance(seconds: 60)
        stage.upstream.answer(json: "{}")
        guard case .done = await stage.call("notes.read") else { return #expect(Bool(false), "a new minute") }
    }
}

/// Runs something just before the first commit.
struct RacingCommits: Commits {
    let inner: MemoryStore
    let race: @Sendable () async -> Void
    private let hasRaced = OnceFlag()

    init(_ inner: MemoryStore, _ race: @escaping @Sendable () async -> Void) {
        self.inner = inner
        self.race = race
    }

    func commit(_ transaction: Transaction) async throws(CommitError) {
        if hasRaced.first() { await race() }
        try await inner.commit(transaction)
    }

    func submit(_ transaction: Transaction) { inner.submit(transaction) }

    func epoch(of scope: EpochScope) -> Int64 { inner.epoch(of: scope) }
    func knownEpoch(of scope: EpochScope) -> Int64? { inner.knownEpoch(of: scope) }
}
