import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Turns

struct RetentionTests {
    private static let day: Int64 = 86_400

    private static func desk(_ talk: Talk, _ days: Int?, _ agents: [AgentID: Int] = [:]) -> RetentionDesk {
        RetentionDesk(
            store: talk.stage.store, payloads: talk.payloads, retention: { _ in Retention(days: days, agents: agents) },
            world: talk.stage.clock.world)
    }

    private static func turns(_ talk: Talk) async throws -> [Turn] {
        try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 9)
    }

    @Test func `what was said is destroyed when its days are over, and a leaf says how many`() async throws {
        let talk = try Talk()
        try await talk.write("canary-1")
        try await talk.settle()
        let turn = try #require(try await Self.turns(talk).first)
        let said = try #require(try await talk.stage.store.outbox(of: turn.id).first)
        talk.stage.clock.advance(seconds: 6 * Self.day)
        try await talk.write("canary-2")
        try await talk.settle()
        try await Self.desk(talk, 7).sweep(Stage.organization)
        #expect(try await Self.turns(talk).count == 2)
        talk.stage.clock.advance(seconds: 2 * Self.day)
        try await Self.desk(talk, 7).sweep(Stage.organization)
        #expect(try await Self.turns(talk).count == 1)
        for payload in [turn.payload(of: 0), turn.payload(of: 1), said.payload] {
            #expect(try await talk.payloads.open(payload) == nil)
        }
        let leaves = try await talk.stage.leaves().filter { $0["change"]?.stringValue == "transcripts.expired" }
        #expect(leaves.count == 1 && leaves.first?["turns"]?.integerValue == 1)
        #expect(leaves.first?["agent"]?.stringValue == "helper")
        #expect(!leaves.contains { $0.text.contains("alice") || $0.text.contains(turn.id.raw) })
    }

    @Test func `a turn that waits isn't cut`() async throws {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        try await talk.write("tell bob")
        try await talk.settle()
        talk.stage.clock.advance(seconds: 3 * Self.day)
        try await Self.desk(talk, 1).sweep(Stage.organization)
        let turn = try #require(try await Self.turns(talk).first)
        #expect(turn.state.name == "parked")
        #expect(try await talk.payloads.open(turn.payload(of: 0)) != nil)
    }

    @Test func `an agent's own days go before the organization's, and none is for ever`() async throws {
        let talk = try Talk()
        try await talk.write("hi")
        try await talk.settle()
        talk.stage.clock.advance(seconds: 30 * Self.day)
        try await Self.desk(talk, nil).sweep(Stage.organization)
        #expect(try await Self.turns(talk).count == 1)
        try await Self.desk(talk, 1, [AgentID("helper"): 90]).sweep(Stage.organization)
        #expect(try await Self.turns(talk).count == 1)
        try await Self.desk(talk, nil, [AgentID("helper"): 1]).sweep(Stage.organization)
        #expect(try await Self.turns(talk).isEmpty)
    }

    /// The call had its effect, and the turn was stopped before its answer was kept: no answer took the file along.
    @Test func `a file that no answer took along goes with its turn`() async throws {
        var found = 0
        for commits in 0..<20 {
            let talk = try Talk(shelf: Shelf()) {
                $0.tools = ["attachments.*"]
                $0.lifts = [Lift(tools: "attachments.send", destinations: .nobody)]
            }
            talk.plays("attachments.send", ["name": "a.txt", "text": "canary-9"])
            try await talk.write("send it")
            talk.stage.store.fail(after: commits)
            await talk.gateway().turns.step()
            talk.stage.store.fail(after: nil)
            guard let turn = try await Self.turns(talk).first, let call = try await Self.begun(by: turn, talk),
                try await talk.payloads.open(OutboundFile.payload(of: call)) != nil,
                try await talk.stage.store.calls(sentBy: turn.id).isEmpty
            else { continue }
            found += 1
            try await talk.write("stop")
            try await talk.settle()
            talk.stage.clock.advance(seconds: 2 * Self.day)
            try await Self.desk(talk, 3).sweep(Stage.organization)
            #expect(try await talk.payloads.open(OutboundFile.payload(of: call)) != nil)
            talk.stage.clock.advance(seconds: 2 * Self.day)
            try await Self.desk(talk, 3).sweep(Stage.organization)
            #expect(try await talk.payloads.open(OutboundFile.payload(of: call)) == nil)
        }
        #expect(found > 0)
    }

    private static func begun(by turn: Turn, _ talk: Talk) async throws -> CallID? {
        for number in 1..<turn.steps {
            let step = try await talk.payloads.open(turn.payload(of: number)).flatMap(TurnStep.init(json:))
            if case .calling(_, let call) = step { return call }
        }
        return nil
    }

    @Test func `what should be destroyed by now and isn't is told`() async throws {
        let talk = try Talk()
        try await talk.write("hi")
        try await talk.settle()
        talk.stage.clock.advance(seconds: 8 * Self.day)
        #expect(try await Self.desk(talk, 7).overdue(in: Stage.organization).isEmpty)
        talk.stage.clock.advance(seconds: 2 * Self.day)
        #expect(try await Self.desk(talk, 7).overdue(in: Stage.organization) == [AgentID("helper")])
        #expect(try await Self.desk(talk, nil).overdue(in: Stage.organization).isEmpty)
        try await Self.desk(talk, 7).sweep(Stage.organization)
        #expect(try await Self.desk(talk, 7).overdue(in: Stage.organization).isEmpty)
    }

    @Test func `more than fit into one commit are all destroyed`() async throws {
        let talk = try Talk()
        for number in 0..<130 { try await talk.write("hi", event: "e\(number)", thread: "\(number)", place: .channel) }
        try await talk.settle()
        talk.stage.clock.advance(seconds: 2 * Self.day)
        try await Self.desk(talk, 1).sweep(Stage.organization)
        #expect(try await Self.turns(talk).isEmpty)
        let counts = try await talk.stage.leaves().compactMap { $0["turns"]?.integerValue }
        #expect(counts == [100, 30])
    }
}
