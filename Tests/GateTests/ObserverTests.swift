import Authority
import Gate
import Synchronization
import Testing
import Twins
import Wire

final class Witness: GateObserver {
    struct State {
        var stages: [GateStage] = []
        var calls: [EndedCall] = []
    }

    private let state = Mutex(State())

    var stages: [GateStage] { state.withLock(\.stages) }
    var calls: [EndedCall] { state.withLock(\.calls) }

    func passed(_ stage: GateStage, of call: CallID, _ stretch: Stretch) {
        state.withLock { $0.stages.append(stage) }
    }

    func observing(_ call: CallID, _ run: () async -> EndedCall) async {
        let ended = await run()
        state.withLock { $0.calls.append(ended) }
    }
}

struct ObserverTests {
    private let witness = Witness()

    @Test func `a call that is carried out passes every stage once`() async throws {
        let stage = try Stage(observer: witness)
        stage.upstream.answer(json: "{}")
        guard case .done(let id, _) = await stage.call("notes.write") else {
            return #expect(Bool(false), "the write is permitted")
        }
        #expect(witness.stages == [.decide, .commit, .record])
        #expect(
            witness.calls == [
                EndedCall(
                    id: id, organization: Stage.organization, agent: AgentID("helper"),
                    judged: .init(tool: "notes.write", identity: .assistant, effect: .create, layer: nil),
                    answer: "done")
            ])
    }

    @Test func `a call that asks tells the layer that kept it`() async throws {
        let stage = try Stage(observer: witness)
        _ = await stage.call("notes.send", ["to": "bob@acme.test", "text": "hi"])
        #expect(witness.stages == [.decide])
        #expect(witness.calls.map(\.answer) == ["asked"])
        #expect(witness.calls.first?.judged?.layer == .oversight)
    }

    @Test func `a tool that isn't there was never judged`() async throws {
        let stage = try Stage(observer: witness)
        _ = await stage.call("notes.none")
        #expect(witness.calls.map(\.answer) == ["no_such_tool"])
        #expect(witness.calls.first?.judged == nil)
    }

    @Test func `with the brake on nothing is judged, written or sent, and without it all goes on`() async throws {
        let brake = FakeBrake()
        let stage = try Stage(observer: witness, brake: brake)
        brake.pull("the disk is nearly full")
        guard case .unavailable("the disk is nearly full") = await stage.call("notes.write") else {
            return #expect(Bool(false), "nothing is begun")
        }
        #expect(try await stage.kinds() == [])
        #expect(stage.upstream.seen.isEmpty)
        #expect(witness.stages == [])
        #expect(witness.calls.map(\.answer) == ["unavailable"])
        brake.pull(nil)
        stage.upstream.answer(json: "{}")
        guard case .done = await stage.call("notes.write") else { return #expect(Bool(false), "the write is done") }
    }
}
