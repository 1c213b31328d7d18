import Authority
import Definition
import Gate
import Registry
import Testing
import Twins
import Wire

struct SchedulePlanTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let acme = OrganizationID("acme")
    private let operator1 = Administrator.systemUser(uid: 1)
    private let administration: Administration

    init() async throws {
        administration = Administration(
            store: store, commits: store, shelf: LiveShelf(ToolShelf([])), world: clock.world, accounts: { _ in [] },
            isDemo: false)
        try await administration.addOrganization(acme, name: "Acme", domains: ["acme.test"], by: operator1)
        for person in ["alice", "dana"] {
            _ = try await administration.addPerson(
                PersonID(person), name: nil, email: "\(person)@acme.test", subjects: [:], by: operator1, in: acme)
        }
    }

    private func apply(_ schedules: String, actsAs: String = "claw") async throws {
        let text = "{ agents: { list: [ { id: \"helper\", owner: \"dana\", actsAs: \"\(actsAs)\",\n\(schedules) } ] } }"
        _ = try await administration.apply(
            [DefinitionFile(name: "a.json5", text: text)], ApplyOptions(), expecting: nil, by: operator1, in: acme)
    }

    private func refusal(_ schedules: String, actsAs: String = "claw") async throws -> String {
        do {
            try await apply(schedules, actsAs: actsAs)
            return "applied"
        } catch let error as SourceProblems {
            return error.description
        }
    }

    private let morning =
        "schedules: [{ id: \"morning\", cron: \"0 7 * * 1-5\", tz: \"Europe/Zurich\", message: \"go\" }]"

    @Test func `an applied schedule has its owner's authority, and is due by the clocks of its zone`() async throws {
        try await apply(morning)
        let record = try #require(try await store.schedules(in: acme).first)
        #expect(record.author == PersonID("dana"))
        #expect(record.state == .active)
        // 1_795_000_000 is Wednesday 2026-11-18T11:06:40Z: due on Thursday at 6:00Z.
        #expect(record.next == Timestamp(microseconds: 1_795_068_000_000_000))
        clock.advance(seconds: 86_400)
        try await apply(morning + ", budget: { callsPerDay: 5 }")
        #expect(try await store.schedules(in: acme) == [record], "what didn't change goes on as it was")
        let exported = try await administration.export(acme)
        #expect(exported.text.contains("Europe/Zurich"), "and it is exported")
        try await apply("")
        #expect(try await store.schedules(in: acme).isEmpty, "what the file doesn't name any more is gone")
    }

    @Test(arguments: [
        ("{ id: \"a\", cron: \"0 25 * * *\", message: \"go\" }", "a.json5:2:30: `25` isn't an hour"),
        ("{ id: \"a\", cron: \"* * * * *\", tz: \"Europe/Zürich\", message: \"go\" }", "no time zone is called"),
        ("{ id: \"a\", message: \"go\" }", "has one of `cron`, `every` and `at`"),
        ("{ id: \"a\", every: \"5m\", at: \"2026-12-24T18:00\", message: \"go\" }", "has one of"),
        ("{ id: \"a\", every: \"5s\", message: \"go\" }", "isn't an interval"),
        ("{ id: \"a\", every: \"5m\" }", "lacks `message`"),
        ("{ id: \"a\", every: \"5m\", mesage: \"go\" }", ": unknown key `mesage`"),
        ("{ id: \"A b\", every: \"5m\", message: \"go\" }", "can't be the name of a schedule"),
        ("{ id: \"a\", every: \"5m\", message: \"go\", missed: \"all\" }", "`missed` can't be `all`"),
        (
            "{ id: \"a\", every: \"5m\", message: \"go\", deliver: { channel: \"mail/x\", to: \"a@b.c\" } }",
            "by themselves"
        ),
        (
            "{ id: \"a\", every: \"5m\", message: \"go\", deliver: { chanel: \"slack/x\", to: \"C1\" } }",
            "unknown key `chanel`"
        ),
        (
            "{ id: \"a\", every: \"5m\", message: \"go\" }, { id: \"a\", every: \"6m\", message: \"go\" }",
            "two schedules"
        ),
    ]) func `a mistake is told with its place`(schedule: String, problem: String) async throws {
        let told = try await refusal("schedules: [\(schedule)]")
        #expect(told.contains(problem), "\(told)")
        #expect(told.hasPrefix("a.json5:2:"), "\(told)")
        #expect(try await store.schedules(in: acme).isEmpty)
    }

    @Test func `an assistant has none: nobody would be there to act for`() async throws {
        #expect(try await refusal(morning, actsAs: "assistant").contains("nobody does"))
    }

    @Test func `who is suspended or leaves stops theirs in the same commit`() async throws {
        try await apply(morning)
        let commits = store.commits
        _ = try await administration.suspendPerson(PersonID("dana"), by: operator1, in: acme)
        #expect(store.commits == commits + 1)
        let record = try #require(try await store.schedules(in: acme).first)
        #expect(record.state == .paused)
        #expect(record.reason == "`dana` was suspended")
    }

    @Test func `offboarding stops them too, and hands over nothing that runs`() async throws {
        try await apply(morning)
        let offboarding = try await administration.offboarding(
            of: PersonID("dana"), agentsTo: PersonID("alice"), by: operator1, in: acme)
        try await administration.commit(offboarding: offboarding.transaction)
        let record = try #require(try await store.schedules(in: acme).first)
        #expect(record.state == .paused)
        #expect(record.author == PersonID("dana"))
    }
}
