import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Turns

struct ScheduleDeliveryTests {
    private static let there = ScheduleDelivery.Found.there(
        ScheduleDelivery(
            account: Talk.account,
            place: ChannelPlace(peer: Place.Peer(kind: .channel, id: "C1"), reply: ["to": "C1"])))

    private func stage(isOpen: Bool, _ place: ScheduleDelivery.Found = there) async throws -> ScheduleStage {
        let stage = try ScheduleStage(isOpen: isOpen)
        stage.deliver(to: place)
        stage.talk.stage.upstream.answer(json: #"{"notes": []}"#)
        try await stage.set("morning", ["deliver": ["channel": "slack/main", "to": "C1"]])
        stage.wait(minutes: 10)
        return stage
    }

    private func run(_ stage: ScheduleStage) async throws -> (run: ScheduleRun, elsewhere: [OutboxEntry]) {
        try await stage.settle()
        let run = try #require(try await stage.runs().first)
        let said = try await stage.store.outbox(of: TurnID(run.turn ?? ""))
        return (run, said.filter { $0.account == Talk.account })
    }

    @Test func `what everybody there may read goes there`() async throws {
        let stage = try await stage(isOpen: true)
        stage.talk.plays("notes.read")
        let (run, elsewhere) = try await run(stage)
        #expect(elsewhere.count == 1)
        #expect(run.reason == nil)
    }

    @Test func `fleet 12: what only the owner may read stays in the record, and says so`() async throws {
        let stage = try await stage(isOpen: false)
        stage.talk.plays("notes.mail")
        let (run, elsewhere) = try await run(stage)
        #expect(elsewhere.isEmpty)
        #expect(run.outcome == .answered)
        #expect(run.reason == "its answer stays here: not everybody there may read what it has seen")
    }

    @Test func `a place that isn't this agent's is told nothing`() async throws {
        let stage = try await stage(isOpen: true, .nowhere("no binding gives it to `helper`"))
        stage.talk.plays("notes.read")
        let (run, elsewhere) = try await run(stage)
        #expect(elsewhere.isEmpty)
        #expect(run.reason == "its answer stays here: no binding gives it to `helper`")
    }

    @Test func `what insiders alone may read is nobody's where others read`() async throws {
        let stage = try await stage(isOpen: true)
        stage.talk.plays("notes.read")
        let (_, elsewhere) = try await run(stage)
        let entry = try #require(elsewhere.first)
        let message = try #require(
            try await stage.talk.payloads.open(entry.payload).flatMap(OutboundMessage.init(json:)))
        #expect(message.insiders?.asker.raw.hasPrefix("schedule:") == true)
    }
}
