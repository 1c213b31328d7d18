import Authority
import Gate
import Logging
import Synchronization
import Testing
import Twins
import Wire

/// An outbox with two ways out, beside a claw whose asks Alice and Dana may answer.
private struct Outbox: Sendable {
    let stage: Stage
    let runner: NoticeRunner
    let mail = FakeNotifier()
    let webhook = FakeNotifier()
    let channel = FakeNotifier()

    init(
        routes: [NoticeRoute] = [.mail, .webhook], caps: NoticeCaps = NoticeCaps(), slot: SlotOwner = .agent,
        hasDeadline: Bool = true, reach: [ApproverReach] = [], stopped: Set<ScheduleID> = []
    ) throws {
        let reaches = Reaches(reach)
        stage = try Stage(
            asking: AskSettings(notices: QueuedNotice.changes(for:), connectionNotices: QueuedNotice.changes(for:))
        ) {
            $0.actsAs = slot == .agent ? .claw : .assistant
            $0.slots = [Slot(provider: Stage.provider, owner: slot)]
        }
        let store = stage.store
        let ways = Ways(notifiers: [.mail: mail, .webhook: webhook, .channel: channel], routes: routes)
        runner = NoticeRunner(
            store: stage.store, addressees: Everybody(), ways: ways, link: { _, _ in "https://deputy.test/approvals" },
            caps: caps, world: stage.clock.world, jitter: { 0 },
            // What hangs is given up when everything else is done, and nothing else ever is.
            deadline: { [mail] in
                guard hasDeadline, mail.isHanging else {
                    try? await Task.sleep(for: .seconds(3600))
                    return
                }
                while !Task.isCancelled, let open = try? await store.openNotices(),
                    open.contains(where: { $0.state == .waiting }) || open.count(where: { $0.state == .sending }) > 1
                { await Task.yield() }
            }, isStopped: { stopped.contains($0) }, reach: { _, person in reaches.next(for: person) },
            bell: Bell(),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private struct Everybody: Addressees {
        func address(of person: PersonID, in organization: OrganizationID) async throws -> String? {
            "\(person)@acme.test"
        }
    }

    private struct Ways: NoticeRoutes {
        let notifiers: [NoticeRoute: FakeNotifier]
        let routes: [NoticeRoute]

        func routes() async throws -> [(route: NoticeRoute, notifier: any Notifier)] {
            routes.compactMap { route in notifiers[route].map { (route, $0) } }
        }
    }

    func ask(_ text: String = "hi") async throws -> Approval {
        try await stage.ask(["to": "bob@acme.test", "text": .string(text)])
    }

    func queue(_ person: PersonID) async throws {
        try await stage.store.commit(
            Transaction(changes: [
                NoticeChange.add(
                    QueuedNotice(
                        id: NoticeID("n-\(person)"), organization: Stage.organization, person: person,
                        subject: .agreement, agent: AgentID("helper"), source: "s-\(person)",
                        created: stage.clock.world.now()))
            ]))
    }

    /// Lets the time pass that gathers several into one, and sends.
    func send(after seconds: Int64 = 5) async {
        stage.clock.advance(seconds: seconds)
        _ = await runner.sweep()
    }

    func states() async throws -> [NoticeState: Int] { try await stage.store.noticeCounts() }
}

/// What is known of each approver, look by look; the last stays.
private final class Reaches: Sendable {
    private let all: [ApproverReach]
    private let looks = Mutex<[PersonID: Int]>([:])

    init(_ all: [ApproverReach]) { self.all = all }

    func next(for person: PersonID) -> ApproverReach {
        let look = looks.withLock { looks in
            looks[person, default: -1] += 1
            return looks[person] ?? 0
        }
        return all.isEmpty ? .unreached : all[min(look, all.count - 1)]
    }
}

struct NoticeTests {
    @Test func `whoever is shown a call elsewhere gets no notice of it, and whoever isn't after all does`() async throws
    {
        let shown = try Outbox(routes: [.mail], reach: [.underWay, .underWay, .reached])
        let people = try await shown.ask().approvers.count
        shown.stage.clock.advance(seconds: 5)
        #expect(await shown.runner.sweep() <= .seconds(2), "and it is looked at again soon")
        await shown.send(after: 2)
        await shown.send(after: 2)
        #expect(shown.mail.notices.isEmpty)
        #expect(try await shown.states() == [.needless: people])

        let lost = try Outbox(routes: [.webhook], reach: [.underWay, .unreached])
        _ = try await lost.ask()
        await lost.send()
        #expect(lost.webhook.notices.isEmpty)
        await lost.send(after: 2)
        #expect(lost.webhook.notices.count == people)

        let stuck = try Outbox(routes: [.webhook], reach: [.underWay])
        _ = try await stuck.ask()
        await stuck.send(after: 899)
        #expect(stuck.webhook.notices.isEmpty)
        await stuck.send(after: 1)
        #expect(stuck.webhook.notices.count == people, "nobody waits for a way for ever")
    }

    @Test func `schedules that stopped are one message, without those that were resumed meanwhile`() async throws {
        let records = ["morning", "queue", "party"].map { name in
            ScheduleRecord(
                organization: Stage.organization, agent: AgentID("helper"), name: name, definition: [:],
                author: Stage.alice, state: .suspended, set: Timestamp(microseconds: 0), next: nil)
        }
        let outbox = try Outbox(routes: [.webhook], stopped: Set(records.prefix(2).map(\.id)))
        for record in records {
            let notices = QueuedNotice.changes(
                forStopped: record, telling: Stage.dana, at: outbox.stage.clock.world.now())
            try await outbox.stage.store.commit(Transaction(changes: notices))
        }
        await outbox.send()
        #expect(outbox.webhook.notices.map(\.matter) == [.schedulesStopped(2)])
        #expect(outbox.webhook.notices.map(\.person) == [Stage.dana])
        #expect(try await outbox.states() == [.delivered: 2, .needless: 1])
    }

    @Test func `a call that waits is told to whoever may answer, with a link and nothing of the call`() async throws {
        let outbox = try Outbox(routes: [.mail])
        let approval = try await outbox.ask("a secret plan")
        await outbox.send()
        #expect(outbox.mail.notices.map(\.person).sorted() == approval.approvers.sorted())
        let notice = try #require(outbox.mail.notices.first)
        #expect(notice.matter == .approvals(waiting: 1))
        #expect(notice.link == "https://deputy.test/approvals")
        #expect(!"\(notice)".contains("secret plan"))
        await outbox.send(after: 3600)
        #expect(outbox.mail.notices.count == approval.approvers.count)
        #expect(try await outbox.states() == [.delivered: approval.approvers.count])
    }

    @Test func `several that come together are one message`() async throws {
        let outbox = try Outbox(routes: [.mail])
        _ = try await outbox.ask("one")
        _ = try await outbox.ask("two")
        let people = try await outbox.ask("three").approvers.count
        #expect(await outbox.runner.sweep() <= .seconds(5))
        #expect(outbox.mail.notices.isEmpty)
        await outbox.send()
        #expect(outbox.mail.notices.map(\.matter) == Array(repeating: .approvals(waiting: 3), count: people))
    }

    @Test func `of each notice the first way is taken that leads to its person, and what none leads to waits`()
        async throws
    {
        let outbox = try Outbox(routes: [.channel, .mail])
        outbox.channel.lead(only: [Stage.alice])
        try await outbox.queue(Stage.alice)
        try await outbox.queue(Stage.bob)
        await outbox.send()
        #expect(outbox.channel.notices.map(\.person) == [Stage.alice])
        #expect(outbox.mail.notices.map(\.person) == [Stage.bob])

        let alone = try Outbox(routes: [.channel])
        alone.channel.lead(only: [])
        try await alone.queue(Stage.alice)
        await alone.send()
        #expect(try await alone.states() == [.waiting: 1] && alone.channel.notices.isEmpty)
        alone.channel.lead(only: [Stage.alice])
        await alone.send()
        #expect(try await alone.states() == [.delivered: 1])
    }

    @Test func `a person's channel that fails gives way to their mail`() async throws {
        let outbox = try Outbox(routes: [.channel, .mail])
        outbox.channel.fail(with: .refused("gone"))
        try await outbox.queue(Stage.alice)
        await outbox.send()
        await outbox.send()
        #expect(outbox.channel.notices.count == 1 && outbox.mail.notices.map(\.person) == [Stage.alice])
    }

    @Test func `nobody is told of what was answered meanwhile`() async throws {
        let outbox = try Outbox()
        try await outbox.stage.approve(try await outbox.ask())
        await outbox.send()
        #expect(outbox.mail.notices.isEmpty)
        #expect(Set(try await outbox.states().keys) == [.needless])
    }

    @Test func `what is over a cap waits and is counted in the next message`() async throws {
        var caps = NoticeCaps()
        caps.perSourceHour = 1
        let outbox = try Outbox(routes: [.mail], caps: caps)
        let people = try await outbox.ask("one").approvers.count
        await outbox.send()
        _ = try await outbox.ask("two")
        _ = try await outbox.ask("three")
        await outbox.send()
        #expect(outbox.mail.notices.count == people)
        await outbox.send(after: 3600)
        #expect(outbox.mail.notices.dropFirst(people).map(\.matter).allSatisfy { $0 == .approvals(waiting: 2) })
        #expect(outbox.mail.notices.count == 2 * people)
    }

    @Test func `what wasn't sent is tried again, later each time`() async throws {
        let outbox = try Outbox(routes: [.mail])
        outbox.mail.failAlways(with: .notSent("busy"))
        let people = try await outbox.ask().approvers.count
        await outbox.send()
        await outbox.send(after: 9)
        #expect(outbox.mail.notices.count == people)
        await outbox.send(after: 1)
        await outbox.send(after: 29)
        #expect(outbox.mail.notices.count == 2 * people)
        outbox.mail.failAlways(with: nil)
        await outbox.send(after: 1)
        #expect(try await outbox.states() == [.delivered: people])
        #expect(Set(outbox.mail.notices.map(\.id)).count == people, "each attempt has the message's one id")
    }

    @Test(arguments: [NoticeFailure.refused("no such mailbox"), .unknown("lost")])
    func `fleet 15, an undelivered approval takes the other way`(failure: NoticeFailure) async throws {
        let outbox = try Outbox()
        outbox.mail.failAlways(with: failure)
        let people = try await outbox.ask().approvers.count
        await outbox.send()
        await outbox.send(after: 0)
        #expect(outbox.mail.notices.count == people)
        #expect(outbox.webhook.notices.count == people)
        #expect(try await outbox.states() == [.delivered: people])
    }

    @Test func `fleet 15, a way that is down for minutes gives way to the other`() async throws {
        let outbox = try Outbox()
        outbox.mail.failAlways(with: .notSent("down"))
        let people = try await outbox.ask().approvers.count
        for _ in 0..<6 { await outbox.send(after: 300) }
        #expect(outbox.mail.notices.count == 4 * people)
        #expect(outbox.webhook.notices.count == people)
    }

    @Test(arguments: [
        (NoticeFailure.refused("no"), NoticeState.failed), (.unknown("lost"), .unknown),
    ])
    func `fleet 15, what no way delivers is counted and never repeated`(
        failure: NoticeFailure, state: NoticeState
    ) async throws {
        let outbox = try Outbox(routes: [.mail])
        outbox.mail.failAlways(with: failure)
        let people = try await outbox.ask().approvers.count
        await outbox.send()
        await outbox.send(after: 86_400 / 2)
        #expect(outbox.mail.notices.count == people)
        #expect(try await outbox.states() == [state: people])
    }

    @Test func `a message that was being sent when the gateway stopped isn't mailed twice`() async throws {
        let outbox = try Outbox(routes: [.mail])
        _ = try await outbox.ask()
        for var notice in try await outbox.stage.store.openNotices() {
            (notice.state, notice.route, notice.message) = (.sending, .mail, NoticeID("m"))
            try await outbox.stage.store.commit(Transaction(changes: [NoticeChange.replace(notice)]))
        }
        await outbox.send()
        #expect(outbox.mail.notices.isEmpty)
        #expect(Set(try await outbox.states().keys) == [.unknown])
    }

    @Test func `without any way out notices wait until there is one`() async throws {
        let outbox = try Outbox(routes: [])
        let people = try await outbox.ask().approvers.count
        await outbox.send()
        #expect(try await outbox.states() == [.waiting: people])
    }

    @Test func `somebody whose mail hangs holds up nobody else's`() async throws {
        let outbox = try Outbox(routes: [.mail])
        for person in [Stage.alice, Stage.bob, Stage.dana] { try await outbox.queue(person) }
        outbox.mail.hang(for: [Stage.alice])
        await outbox.send()
        #expect(Set(outbox.mail.notices.map(\.person)) == [Stage.alice, Stage.bob, Stage.dana])
        #expect(try await outbox.states() == [.delivered: 2, .unknown: 1])
    }

    @Test func `a gateway that stops doesn't wait for somebody whose mail hangs`() async throws {
        let outbox = try Outbox(routes: [.mail], hasDeadline: false)
        try await outbox.queue(Stage.alice)
        outbox.mail.hang(for: [Stage.alice])
        let sending = Task { await outbox.send() }
        while outbox.mail.notices.isEmpty { await Task.yield() }
        sending.cancel()
        await sending.value
        #expect(try await outbox.states() == [.unknown: 1])
    }

    @Test func `a way that lets nothing through isn't tried with everything at once`() async throws {
        let outbox = try Outbox(routes: [.mail])
        outbox.mail.failAlways(with: .notSent("down"))
        for number in 0..<20 { try await outbox.queue(PersonID("p\(number)")) }
        await outbox.send()
        #expect(outbox.mail.notices.count == 4)
        outbox.mail.failAlways(with: nil)
        await outbox.send(after: 0)
        #expect(try await outbox.states() == [.delivered: 16, .waiting: 4])
    }

    @Test func `whose connection is missing is told once a day, however often it is asked for`() async throws {
        let outbox = try Outbox(routes: [.mail], slot: .person)
        outbox.stage.connections.remove()
        for client in ["one", "two"] {
            guard case .connect = await outbox.stage.call("notes.read", with: client) else {
                Issue.record("a call without a connection asks for one")
                return
            }
        }
        await outbox.send()
        #expect(outbox.mail.notices.map(\.matter) == [.connectionNeeded])
        #expect(outbox.mail.notices.map(\.person) == [Stage.alice])
        _ = await outbox.stage.call("notes.read", as: Stage.bob)
        await outbox.send()
        #expect(outbox.mail.notices.map(\.person) == [Stage.alice, Stage.bob])
        await outbox.send(after: 86_400)
        _ = await outbox.stage.call("notes.read")
        await outbox.send()
        #expect(outbox.mail.notices.map(\.person) == [Stage.alice, Stage.bob, Stage.alice])
    }

    @Test func `an agent's own connection that turns out broken is told to the agent's owner`() async throws {
        let outbox = try Outbox(routes: [.mail])
        outbox.stage.upstream.answer(json: "{}", status: 401)
        _ = await outbox.stage.call("notes.read", as: Stage.bob)
        await outbox.send()
        #expect(outbox.mail.notices.map(\.person) == [Stage.alice])
        #expect(outbox.mail.notices.map(\.matter) == [.connectionNeeded])
    }

    @Test func `what was settled a month ago is forgotten when something new comes`() async throws {
        let outbox = try Outbox(routes: [.mail])
        let people = try await outbox.ask("one").approvers.count
        await outbox.send()
        outbox.stage.clock.advance(seconds: 29 * 86_400)
        _ = try await outbox.ask("two")
        await outbox.send()
        #expect(try await outbox.states() == [.delivered: 2 * people])
        outbox.stage.clock.advance(seconds: 2 * 86_400)
        _ = try await outbox.ask("three")
        #expect(try await outbox.states() == [.delivered: people, .waiting: people])
    }
}
