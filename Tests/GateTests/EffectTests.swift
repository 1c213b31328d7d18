import Authority
import Gate
import Logging
import Testing
import Twins
import Wire

extension Stage {
    /// The same stage with a gate that commits elsewhere.
    func gate(with commits: any Commits) -> ActionGate {
        ActionGate(
            shelf: LiveShelf(shelf), facts: facts, connections: connections, sessions: store, budgets: store,
            commits: commits, upstream: upstream, approvals: store, payloads: store, sealing: OpenSealing(),
            world: clock.world,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

struct EffectTests {
    @Test func `an effect whose answer got lost is unknown, and its repeat isn't sent`() async throws {
        let stage = try Stage()
        stage.upstream.answer(.failure(.unknown("the connection broke")))
        guard case .unknown(let call, _) = await stage.call("notes.write") else {
            return #expect(Bool(false), "nobody knows")
        }
        guard case .pending(let same, .unknown) = await stage.call("notes.write") else {
            return #expect(Bool(false), "the repeat is told so")
        }
        #expect(same == call)
        #expect(stage.upstream.seen.count == 1)
    }

    @Test func `the same effect by somebody else, or with other arguments, is another effect`() async throws {
        let stage = try Stage()
        stage.upstream.answer(.failure(.unknown("the connection broke")))
        stage.upstream.answer(json: "{}")
        stage.upstream.answer(json: "{}")
        _ = await stage.call("notes.write")
        guard case .done = await stage.call("notes.write", as: Stage.bob),
            case .done = await stage.call("notes.write", ["id": "2"])
        else { return #expect(Bool(false), "both are new") }
    }

    @Test func `while an effect runs its repeat is told that it is open`() async throws {
        let stage = try Stage()
        stage.upstream.answer(json: "{}")
        stage.upstream.meanwhile {
            guard case .pending(_, .open) = await stage.call("notes.write") else {
                return #expect(Bool(false), "the first is still open")
            }
        }
        guard case .done = await stage.call("notes.write") else { return #expect(Bool(false), "the first is done") }
        stage.upstream.answer(json: "{}")
        guard case .done = await stage.call("notes.write") else {
            return #expect(Bool(false), "after a known outcome it is a new call")
        }
    }

    @Test func `what never left this machine may be tried again`() async throws {
        let stage = try Stage()
        stage.upstream.answer(.failure(.notSent("refused")))
        stage.upstream.answer(json: "{}")
        guard case .notSent = await stage.call("notes.write"), case .done = await stage.call("notes.write") else {
            return #expect(Bool(false), "the second is done")
        }
    }

    @Test func `a caller that goes away after the intent doesn't stop the effect`() async throws {
        let stage = try Stage()
        stage.upstream.answer(json: "{}")
        let store = stage.store
        let task = Task { await stage.call("notes.write") }
        stage.upstream.meanwhile { [task] in task.cancel() }
        _ = await task.value
        let kinds = try await store.records(of: .organization(Stage.organization), from: 0, limit: 9).compactMap {
            try JSON.parse($0.bytes)["outcome"]?.stringValue
        }
        #expect(kinds == ["done"] || stage.upstream.seen.isEmpty)
    }

    @Test func `what a failing store couldn't record is settled as unknown when it works again, once`() async throws {
        let stage = try Stage()
        stage.upstream.answer(json: "{}")
        stage.upstream.meanwhile { stage.store.fail(with: "the disk is full") }
        guard case .unknown = await stage.call("notes.write") else { return _ = Issue.record("it has an outcome") }
        await #expect(throws: CommitError.self, "the store still fails") { try await stage.gate.settle(stage.store) }
        stage.store.fail(with: nil)
        #expect(try await stage.gate.settle(stage.store) == 1)
        #expect(try await stage.gate.settle(stage.store) == 0)
        #expect(try await stage.store.openCalls().map(\.state) == [.unknown])
        #expect(try await stage.leaves().compactMap { $0["outcome"]?.stringValue } == ["unknown"])
    }

    @Test func `a call that is under way isn't settled`() async throws {
        let stage = try Stage()
        stage.upstream.answer(json: "{}")
        let (settled, settling) = AsyncStream<Int?>.makeStream()
        stage.upstream.meanwhile { settling.yield(try? await stage.gate.settle(stage.store)) }
        guard case .done = await stage.call("notes.write") else { return _ = Issue.record("it wasn't done") }
        var found = settled.makeAsyncIterator()
        #expect(await found.next() == 0)
        #expect(try await stage.leaves().compactMap { $0["outcome"]?.stringValue } == ["done"])
    }

    @Test func `after a crash an open effect is unknown and an open read is gone`() async throws {
        let stage = try Stage()
        for (id, effect) in [("call_w", Effect.create), ("call_r", Effect.read)] {
            let open = OpenCall(
                id: CallID(id), organization: Stage.organization, agent: AgentID("helper"), requester: "person:alice",
                tool: "notes", effect: effect, identity: effect == .read ? nil : Digest.sha256(of: Array(id.utf8)),
                state: .open, opened: stage.clock.world.now())
            try await stage.store.commit(Transaction(changes: [GateChange.open(open)]))
        }
        let recovery = Recovery(
            commits: stage.store, calls: stage.store, world: stage.clock.world,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(try await recovery.run(version: "test") == 2)
        let left = try await stage.store.openCalls()
        #expect(left.map(\.id.raw) == ["call_w"])
        #expect(left.map(\.state) == [.unknown])
        #expect(try await stage.leaves().map { $0["outcome"]?.stringValue } == ["unknown", "unknown"])
        #expect(try await recovery.run(version: "test") == 0)
    }
}
