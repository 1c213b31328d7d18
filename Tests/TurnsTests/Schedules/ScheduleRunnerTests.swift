import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Turns

struct ScheduleRunnerTests {
    @Test func `what is due is an ordinary turn that nobody asked for`() async throws {
        let stage = try ScheduleStage()
        stage.talk.plays("notes.read")
        stage.talk.stage.upstream.answer(json: #"{"notes": []}"#)
        try await stage.set()
        try await stage.settle()
        #expect(try await stage.runs().isEmpty, "nothing runs before its time")
        stage.wait(minutes: 10)
        try await stage.settle()
        let run = try #require(try await stage.runs().first)
        #expect(run.outcome == .answered)
        #expect(run.calls == [["tool": "notes.read", "error": false]])
        let turn = try #require(try await stage.store.turn(TurnID(run.turn ?? "")))
        #expect(turn.requester == .nobody)
        #expect(turn.session.client.channelAccount?.kind == "schedule")
        #expect(stage.talk.stage.upstream.seen.count == 1)
        // Its answer is in its record, and nowhere else.
        #expect(try await stage.store.outbox(of: turn.id).map(\.state) == [.delivered])
        #expect(stage.talk.said.isEmpty)
        try await stage.settle()
        #expect(try await stage.runs().count == 1, "once for a due time")
    }

    @Test func `two gateways begin one run between them`() async throws {
        let stage = try ScheduleStage()
        try await stage.set()
        for _ in 0..<20 {
            stage.wait(minutes: 10)
            async let first = stage.runner().sweep()
            async let second = stage.runner().sweep()
            #expect(await first + second == 1)
            try await stage.settle()
        }
        #expect(try await stage.runs().count == 20)
        #expect(try await stage.runs().allSatisfy { $0.outcome == .answered })
    }

    @Test func `a process that dies between claim and turn loses nothing and repeats nothing`() async throws {
        let stage = try ScheduleStage()
        try await stage.set()
        stage.wait(minutes: 10)
        await stage.runner().sweep()
        // Nobody took the message. Another process does.
        await stage.runner().sweep()
        #expect(try await stage.runs().map(\.outcome) == [nil])
        try await stage.settle()
        #expect(try await stage.runs().map(\.outcome) == [.answered])
        #expect(stage.talk.model.requests.count == 1)
    }

    @Test(arguments: [("skip", 0), ("once", 1)])
    func `after a pause of the gateway there is one run at the most`(missed: String, runs: Int) async throws {
        let stage = try ScheduleStage()
        try await stage.set("morning", ["missed": .string(missed)])
        stage.wait(minutes: 24 * 60 + 7)
        try await stage.settle()
        try await stage.settle()
        #expect(stage.talk.model.requests.count == runs)
        #expect(try await stage.runs().count == 1, "and it is told")
        stage.wait(minutes: 4)
        try await stage.settle()
        #expect(stage.talk.model.requests.count == runs + 1, "then it goes on as before")
    }

    @Test func `a run that is under way isn't run into`() async throws {
        let stage = try ScheduleStage()
        try await stage.set()
        stage.wait(minutes: 10)
        await stage.runner().sweep()
        stage.wait(minutes: 10)
        await stage.runner().sweep()
        #expect(try await stage.runs().map(\.outcome) == [.skipped, nil])
        try await stage.settle()
        #expect(stage.talk.model.requests.count == 1)
    }

    @Test func `a call that needs a person waits for them, and the schedule goes on`() async throws {
        let stage = try ScheduleStage()
        stage.talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        try await stage.set()
        stage.wait(minutes: 10)
        try await stage.settle()
        let approval = try #require(
            try await stage.store.approvals(in: Stage.organization, pending: true, limit: 9).first)
        #expect(approval.approvers == [Stage.alice], "the owner is asked")
        #expect(try await stage.runs().map(\.outcome) == [nil])
        stage.talk.model.play { _ in Talk.reply("nothing to do") }
        stage.wait(minutes: 10)
        try await stage.settle()
        #expect(try await stage.runs().map(\.outcome) == [.answered, nil])
        #expect(stage.talk.stage.upstream.seen.isEmpty)
    }

    @Test func `failures are paused over, and in the end the schedule stops`() async throws {
        let stage = try ScheduleStage()
        stage.talk.model.play { _ throws(ModelFailure) in throw .refused("no") }
        try await stage.set("morning", cron: "* * * * *")
        var minutes = 0
        while try await stage.record().state == .active, minutes < 500 {
            stage.wait(minutes: 1)
            minutes += 1
            try await stage.settle()
        }
        #expect(try await stage.record().state == .suspended)
        #expect(try await stage.runs().filter { $0.outcome == .failed }.count == 5)
        #expect(minutes >= 60, "later each time: \(minutes)")
        let notices = try await stage.store.openNotices()
        #expect(notices.map(\.subject) == [.schedule(try await stage.record().id)], "once, and for the last one alone")
        #expect(notices.map(\.person) == [Stage.dana], "whoever owns the agent now")
        for notice in notices { #expect(QueuedNotice(json: notice.json) == notice) }
    }

    @Test func `each stop is told anew, and what a person does isn't told to anybody`() async throws {
        let stage = try ScheduleStage()
        let desk = ScheduleDesk(runner: stage.runner())
        try await stage.set()
        for stops in 1...2 {
            stage.lack("`alice` left")
            stage.wait(minutes: 10)
            try await stage.settle()
            #expect(try await stage.store.openNotices().count == stops)
            stage.lack(nil)
            _ = try await desk.resume(try await stage.record(), by: "operator:1")
        }
        _ = try await desk.pause(try await stage.record(), by: "operator:1")
        #expect(try await stage.store.openNotices().count == 2)
    }

    @Test func `one that works again begins to count anew`() async throws {
        let stage = try ScheduleStage()
        stage.talk.model.play { _ throws(ModelFailure) in throw .refused("no") }
        try await stage.set()
        stage.wait(minutes: 10)
        try await stage.settle()
        #expect(try await stage.record().failures == 1)
        stage.talk.model.play { _ in Talk.reply("fine") }
        stage.wait(minutes: 10)
        try await stage.settle()
        #expect(try await stage.record().failures == 0)
    }

    @Test func `without its author's authority it is paused, and what waits doesn't begin`() async throws {
        let stage = try ScheduleStage()
        try await stage.set()
        stage.wait(minutes: 10)
        await stage.runner().sweep()
        stage.lack("`alice` left")
        try await stage.settle()
        #expect(stage.talk.model.requests.isEmpty)
        #expect(try await stage.runs().map(\.outcome) == [.stopped])
        #expect(try await stage.runs().map(\.reason) == ["`alice` left"])
        stage.wait(minutes: 10)
        try await stage.settle()
        #expect(try await stage.record().state == .paused)
        #expect(try await stage.record().reason == "`alice` left")
        #expect(try await stage.runs().count == 1)
    }

    @Test func `many that are due at once all run, none twice`() async throws {
        let stage = try ScheduleStage()
        for number in 0..<150 { try await stage.set("s\(number)", cron: "0 15 * * *") }
        stage.wait(minutes: 60)
        #expect(await stage.runner().sweep() == 64, "so many at once, and no more")
        for _ in 0..<6 { try await stage.settle() }
        #expect(stage.talk.model.requests.count == 150)
    }

    @Test func `words that are commands elsewhere are words here`() async throws {
        let stage = try ScheduleStage()
        try await stage.set("morning", ["message": "stop"])
        stage.wait(minutes: 10)
        try await stage.settle()
        #expect(try await stage.runs().map(\.outcome) == [.answered])
    }

    @Test func `each run has a conversation of its own, unless it names one`() async throws {
        let stage = try ScheduleStage()
        try await stage.set()
        try await stage.set("going", ["session": "notes"])
        for _ in 0..<3 {
            stage.wait(minutes: 10)
            try await stage.settle()
        }
        func sessions(_ name: String) async throws -> Set<SessionKey> {
            var found: Set<SessionKey> = []
            for run in try await stage.runs(name) {
                if let turn = try await stage.store.turn(TurnID(run.turn ?? "")) { found.insert(turn.session) }
            }
            return found
        }
        #expect(try await sessions("morning").count == 3)
        #expect(try await sessions("going").count == 1)
        #expect(try await sessions("morning").isDisjoint(with: sessions("going")))
    }
}
