import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Turns

struct ScheduleDeskTests {
    @Test func `paused it isn't due, and resumed it makes up for nothing`() async throws {
        let stage = try ScheduleStage()
        let desk = ScheduleDesk(runner: stage.runner())
        _ = try await desk.pause(try await stage.set(), by: "operator:1")
        stage.wait(minutes: 35)
        try await stage.settle()
        #expect(try await stage.runs().isEmpty)
        let resumed = try await desk.resume(try await stage.record(), by: "operator:1")
        #expect(resumed.author == Stage.dana, "whoever owns the agent now answers for it")
        #expect(resumed.next == stage.now.adding(seconds: 300))
        try await stage.settle()
        #expect(try await stage.runs().isEmpty)
        stage.wait(minutes: 5)
        try await stage.settle()
        #expect(try await stage.runs().count == 1)
    }

    @Test func `run now is a run besides`() async throws {
        let stage = try ScheduleStage()
        let desk = ScheduleDesk(runner: stage.runner())
        let record = try await stage.set()
        try await desk.runNow(record, by: "operator:1")
        await #expect(throws: TurnsError.self, "one at a time") {
            try await desk.runNow(try await stage.record(), by: "operator:1")
        }
        try await stage.settle()
        #expect(try await stage.runs().map(\.outcome) == [.answered])
        #expect(try await stage.record().next == record.next)
    }

    @Test func `without the right nothing is resumed or run`() async throws {
        let stage = try ScheduleStage()
        let desk = ScheduleDesk(runner: stage.runner())
        _ = try await desk.pause(try await stage.set(), by: "operator:1")
        stage.lack("`dana` is suspended")
        let record = try await stage.record()
        await #expect(throws: TurnsError(.refused, "`dana` is suspended")) {
            _ = try await desk.resume(record, by: "operator:1")
        }
        await #expect(throws: TurnsError(.refused, "`dana` is suspended")) {
            try await desk.runNow(record, by: "operator:1")
        }
        await #expect(throws: TurnsError.self) {
            try await desk.schedule("none", of: record.agent, in: record.organization)
        }
    }
}
