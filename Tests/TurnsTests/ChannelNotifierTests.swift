import Authority
import Gate
import Synchronization
import Testing
import Turns
import Twins
import Wire

struct ChannelNotifierTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let delivery = Deliveries()
    private let acme = OrganizationID("acme")
    private let alice = PersonID("alice")

    private var notifier: ChannelNotifier {
        ChannelNotifier(store: store, channels: [OneTeam()], delivery: delivery, world: clock.world)
    }

    private func add(_ name: String, team: String = "T1", connection: String? = "con_1", isPaused: Bool = false)
        async throws
    {
        let id = ChannelAccountID(organization: acme, kind: .slack, name: name)
        try await store.commit(
            Transaction(changes: [
                ChannelChange.add(
                    ChannelAccountRecord(
                        account: ChannelAccount(
                            id: id, settings: ["team": .string(team)], connection: connection.map { ConnectionID($0) },
                            isPaused: isPaused), sealed: [], created: clock.world.now()))
            ]))
    }

    private func link(_ sender: String, to person: String) async throws {
        try await store.commit(
            Transaction(changes: [
                SenderChange.link(
                    SenderLink(
                        organization: acme, sender: SenderID(sender), person: PersonID(person), proof: .link,
                        by: "test", at: clock.world.now()))
            ]))
    }

    private func queued(
        _ subject: NoticeSubject = .trouble(ConnectionID("con_9")), agent: String = "", source: String = "health"
    ) -> QueuedNotice {
        QueuedNotice(
            id: NoticeID("n1"), organization: acme, person: alice, subject: subject, agent: AgentID(agent),
            source: source, created: clock.world.now())
    }

    private var notice: Notice {
        Notice(
            id: NoticeID("msg_1"), organization: acme, person: alice, address: "alice@acme.test",
            matter: .connectionsInTrouble(2), agents: [], link: "https://deputy.test/connections",
            created: clock.world.now())
    }

    @Test func `whoever talks in a channel is told there, alone, with a leaf before it`() async throws {
        try await add("help")
        try await link("slack:T1/U7", to: "alice")
        #expect(try await notifier.leads(to: queued()))
        #expect(try await notifier.leads(to: queued(.schedule(ScheduleID("sch_1")))))
        try await notifier.notify(notice)
        let said = try #require(delivery.messages.first)
        #expect(delivery.messages.count == 1)
        #expect(said.privately == SenderID("slack:T1/U7") && said.account.name == "help")
        #expect(
            said.content
                == .notice(
                    "2 connections of yours don't work any more, or won't for long. "
                        + "Sign in to see it: the link gives nobody a right.", link: "https://deputy.test/connections"))
        #expect(said.reply == ["alone": "slack:T1/U7"] && said.replaces == nil)
        let leaf = try JSON.parse(
            try #require(try await store.records(of: .organization(acme), from: 0, limit: 9).last).bytes)
        #expect(leaf["change"] == "notice.sending" && leaf["person"] == "alice")
    }

    @Test func `nobody is told by an account that can't begin a conversation with them`() async throws {
        #expect(try await !notifier.leads(to: queued()), "there is no account")
        try await add("help")
        #expect(try await !notifier.leads(to: queued()), "nobody knows who they are there")
        try await link("slack:T1/U8", to: "bob")
        try await link("mail:alice@acme.test", to: "alice")
        try await link("slack:T2/U7", to: "alice")
        #expect(try await !notifier.leads(to: queued()), "another workspace's member")
        await #expect(throws: NoticeFailure.refused("no sender in a channel is known to be theirs")) {
            try await notifier.notify(notice)
        }
        try await link("slack:T1/U7", to: "alice")
        for subject in [.agreement, .approval(ApprovalID("a")), .connection(ProviderID("p"))] as [NoticeSubject] {
            #expect(try await !notifier.leads(to: queued(subject)))
        }
        let needed = NoticeSubject.connection(ProviderID("notion"))
        #expect(try await !notifier.leads(to: queued(needed, agent: "product", source: "connect/person:alice/notion")))
        #expect(
            try await notifier.leads(to: queued(needed, agent: "product", source: "connect/agent:product/notion")),
            "an agent's own is asked for where nobody but its owner may see it")
        try await store.commit(Transaction(changes: [ChannelChange.pauseAll(acme)]))
        #expect(try await !notifier.leads(to: queued()))
        #expect(delivery.messages.isEmpty)
    }

    @Test func `what one account can't say another one does, and what may have arrived isn't said again`() async throws
    {
        try await add("first")
        try await add("second")
        try await link("slack:T1/U7", to: "alice")
        delivery.next(.refused("gone"))
        try await notifier.notify(notice)
        #expect(delivery.messages.map(\.account.name) == ["first", "second"])
        delivery.next(.unknown("no answer"))
        await #expect(throws: NoticeFailure.unknown("no answer")) { try await notifier.notify(notice) }
        delivery.next(.retry(after: 5, "busy"))
        await #expect(throws: NoticeFailure.notSent("busy")) { try await notifier.notify(notice) }
        #expect(delivery.messages.count == 4)
    }
}

/// Begins a conversation with whoever is a member of the account's own team.
private struct OneTeam: DeliveringChannel {
    let traits = ChannelTraits(
        kind: .slack, senders: .platform, readers: .asked, longest: 100, hasThreads: true, hasButtons: true,
        canEdit: true, knowsRepeats: false)

    func requests(for message: OutboundMessage, from account: ChannelAccount) -> [ChannelRequest] { [] }

    func outcome(of answer: ChannelAnswer, to request: ChannelRequest) -> DeliveryOutcome { .refused("not asked for") }

    func alone(with sender: SenderID, from account: ChannelAccount) -> JSONObject? {
        guard let team = account.settings["team"]?.stringValue, sender.raw.hasPrefix("slack:\(team)/") else {
            return nil
        }
        return ["alone": .string(sender.raw)]
    }
}

private final class Deliveries: Delivery {
    private let state = Mutex<(messages: [OutboundMessage], outcomes: [DeliveryOutcome])>(([], []))

    /// Every message, whether it arrived or not.
    var messages: [OutboundMessage] { state.withLock(\.messages) }

    func next(_ outcome: DeliveryOutcome) { state.withLock { $0.outcomes.append(outcome) } }

    func knowsRepeats(_ account: ChannelAccountID) async throws -> Bool { false }

    func prepare(_ message: OutboundMessage) async -> Prepared { .ready(message) }

    func deliver(_ message: OutboundMessage, after parts: Int) async -> Delivered {
        state.withLock { state in
            state.messages.append(message)
            return Delivered(
                parts: parts, state.outcomes.isEmpty ? .delivered(message.id) : state.outcomes.removeFirst())
        }
    }
}
