import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Turns

struct OwnRunTests {
    private func answers(_ stage: ScheduleStage, for person: PersonID = Stage.dana) async throws -> [RunAnswer] {
        let desk = ScheduleDesk(runner: stage.runner())
        let id = try await stage.record().id
        return try await desk.runs(of: id, for: person, in: Stage.organization, limit: 9).map(\.answer)
    }

    private func ran(_ tool: String? = nil) async throws -> ScheduleStage {
        let stage = try ScheduleStage()
        if let tool { stage.talk.plays(tool) }
        stage.talk.stage.upstream.answer(json: #"{"notes": []}"#)
        try await stage.set()
        stage.wait(minutes: 10)
        try await stage.settle()
        return stage
    }

    @Test func `whoever owns the agent reads what a run said`() async throws {
        let stage = try await ran()
        let answer = try #require(try await answers(stage).first)
        guard case .words(let said) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(said.count == 1 && said.first??.content.plain.isEmpty == false)
        let desk = ScheduleDesk(runner: stage.runner())
        #expect(try await desk.schedules(ofAgentsOf: Stage.dana, in: Stage.organization).map(\.name) == ["morning"])
    }

    @Test func `a schedule of somebody else's agent isn't there`() async throws {
        let stage = try await ran()
        let desk = ScheduleDesk(runner: stage.runner())
        #expect(try await desk.schedules(ofAgentsOf: Stage.bob, in: Stage.organization).isEmpty)
        await #expect(throws: TurnsError.self) { try await answers(stage, for: Stage.bob) }
        await #expect(throws: TurnsError.self) {
            try await desk.own(ScheduleID("sch_none"), of: Stage.dana, in: Stage.organization)
        }
        let id = try await stage.record().id
        await #expect(throws: TurnsError.self) {
            try await desk.own(id, of: Stage.dana, in: OrganizationID("other"))
        }
    }

    @Test func `what a run saw for somebody else alone stays closed to its new owner`() async throws {
        // The agent's account was Alice's to read, and Dana owns the agent now.
        let stage = try await ran("notes.mail")
        #expect(try await answers(stage) == [.closed])
    }

    @Test func `a run that hasn't ended said nothing yet`() async throws {
        let stage = try ScheduleStage()
        try await stage.set()
        stage.wait(minutes: 10)
        await stage.runner().sweep()
        #expect(try await answers(stage) == [.none])
    }
}
