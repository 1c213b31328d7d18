import Authority
import Gate
import Logging
import Testing
import Twins
import Wire

@testable import Turns

/// Alice owns the agent, so it is she who agrees to what Bob has it do.
struct CardDealerTests {
    private let talk: Talk
    private let senders = NamedSenders()

    init() throws {
        talk = try Talk { definition in
            definition.actsAs = .claw
            definition.slots = [Slot(provider: Stage.provider, owner: .agent)]
        }
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
    }

    private func dealer(caps: CardCaps = CardCaps(), agent: String = "helper") -> CardDealer {
        CardDealer(
            store: talk.stage.store, payloads: talk.payloads,
            places: CardPlaces(
                store: talk.stage.store, senders: senders, channels: [OwnTeam()],
                routes: { _ in
                    Routes(
                        [Binding(agent: AgentID(agent), match: Binding.Match(channel: "slack", account: "main"))],
                        otherwise: nil)
                }, addressees: Addresses(), hasMail: { false }),
            words: PlainWords(), page: { "https://deputy.test/approvals" }, caps: caps, world: talk.stage.clock.world,
            bell: Bell(), outbox: Bell(), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func add(account isPaused: Bool = false) async throws {
        try await talk.stage.store.commit(
            Transaction(changes: [
                ChannelChange.add(
                    ChannelAccountRecord(
                        account: ChannelAccount(id: Talk.account, connection: ConnectionID("con"), isPaused: isPaused),
                        sealed: [], created: talk.stage.clock.world.now()))
            ]))
    }

    private func link(_ sender: String, to person: PersonID) async throws {
        try await talk.stage.store.commit(
            Transaction(changes: [
                SenderChange.link(
                    SenderLink(
                        organization: Stage.organization, sender: SenderID(sender), person: person, proof: .link,
                        by: "test", at: talk.stage.clock.world.now()))
            ]))
    }

    private var shown: [FakeDelivery.Said] {
        talk.said.filter { $0.to == SenderID("slack:T1/alice") }
    }

    private func leaves(_ change: String) async throws -> [JSON] {
        try await talk.stage.leaves().filter { $0["change"]?.stringValue == change }
    }

    private func settled() async throws -> [CardOutcome] {
        try await talk.stage.store.settledCards(
            of: Stage.alice, in: Stage.organization, since: Timestamp(microseconds: 0)
        ).map(\.outcome)
    }

    @Test func `whoever must agree is shown the call, alone, once, and a leaf says so`() async throws {
        try await add()
        try await link("slack:T1/alice", to: Stage.alice)
        try await talk.write("tell bob", as: Stage.bob)
        try await talk.settle()
        #expect(shown.isEmpty)
        #expect(await dealer().sweep() == 1)
        #expect(await dealer().sweep() == 0)
        try await talk.settle()
        let card = try #require(shown.first)
        #expect(shown.count == 1 && card.account == Talk.account)
        guard case .approval(let notice) = card.content else { return #expect(Bool(false), "\(card)") }
        let leaf = try #require(try await leaves("card.shown").first)
        #expect(leaf["approval"]?.stringValue == notice.approval && leaf["person"] == "alice")
        #expect(leaf["sender"] == "slack:T1/alice")
        #expect(try await leaves("card.shown").count == 1)
    }

    @Test func `whoever wrote is told where they wrote, and isn't shown it twice`() async throws {
        try await add()
        try await link("slack:T1/alice", to: Stage.alice)
        try await talk.write("tell bob", as: Stage.alice)
        try await talk.settle()
        #expect(shown.count == 1)
        #expect(await dealer().sweep() == 0)
        #expect(try await talk.stage.store.owedCards(limit: 9).isEmpty)
    }

    @Test func `what a client's call waits for is shown to its approver too`() async throws {
        try await add()
        try await link("slack:T1/alice", to: Stage.alice)
        _ = await talk.stage.call("notes.send", ["to": "bob@acme.test", "text": "x"], as: Stage.alice)
        #expect(await dealer().sweep() == 1)
        try await talk.settle()
        #expect(shown.count == 1)
    }

    @Test(arguments: ["nobody linked", "unlinked since", "another agent's account", "no account", "paused", "decided"])
    func `without an own account and a proven sender there is no card`(why: String) async throws {
        if why != "no account" { try await add(account: why == "paused") }
        if why != "nobody linked" { try await link("slack:T1/alice", to: Stage.alice) }
        if why == "unlinked since" { senders.unlink(SenderID("slack:T1/alice")) }
        _ = await talk.stage.call("notes.send", ["to": "bob@acme.test", "text": "x"], as: Stage.bob)
        let card = try #require(try await talk.stage.desk.waiting(for: Stage.alice, in: Stage.organization).first)
        if why == "decided" {
            try await talk.stage.desk.deny(
                card.approval.id, by: Stage.alice, in: Stage.organization, shown: card.approval.digest, reason: "")
        }
        #expect(await dealer(agent: why == "another agent's account" ? "other" : "helper").sweep() == 1)
        #expect(try await settled() == [.needless])
        #expect(try await leaves("card.shown").isEmpty)
        try await talk.settle()
        #expect(talk.said.isEmpty)
    }

    @Test func `one who asks much is shown little of, and once an hour that there is more`() async throws {
        try await add()
        try await link("slack:T1/alice", to: Stage.alice)
        var caps = CardCaps()
        caps.perSource = 2
        caps.perPerson = 3
        for number in 0..<5 {
            _ = await talk.stage.call(
                "notes.send", ["to": "bob@acme.test", "text": .string("\(number)")], as: Stage.bob)
        }
        // One after the other: each counts those before it.
        while await dealer(caps: caps).sweep() > 0 {}
        #expect(
            try await settled().sorted { $0.rawValue < $1.rawValue } == [.gathered, .gathered, .shown, .shown, .told])
        try await talk.settle()
        #expect(shown.count == 3 && shown.compactMap(\.words).contains(CardDealer.more))

        // Somebody else's is shown still, until the person has had enough.
        for number in 0..<2 {
            _ = await talk.stage.call(
                "notes.send", ["to": "bob@acme.test", "text": .string("\(number)")], as: Stage.dana)
        }
        while await dealer(caps: caps).sweep() > 0 {}
        #expect(try await settled().filter { $0 == .shown }.count == 3)
        #expect(try await settled().filter { $0 == .told }.count == 1)

        talk.stage.clock.advance(seconds: 3_601)
        _ = await talk.stage.call("notes.send", ["to": "bob@acme.test", "text": "later"], as: Stage.bob)
        await dealer(caps: caps).sweep()
        #expect(try await settled().last == .shown)
    }

    @Test func `several gateways deal beside each other, each card once and none above a cap`() async throws {
        try await add()
        try await link("slack:T1/alice", to: Stage.alice)
        var caps = CardCaps()
        caps.perSource = 3
        for number in 0..<12 {
            _ = await talk.stage.call(
                "notes.send", ["to": "bob@acme.test", "text": .string("\(number)")], as: Stage.bob)
        }
        let dealers = [dealer(caps: caps), dealer(caps: caps), dealer(caps: caps)]
        await withTaskGroup(of: Void.self) { group in
            for dealer in dealers {
                group.addTask { for _ in 0..<40 { await dealer.sweep() } }
            }
        }
        #expect(try await talk.stage.store.owedCards(limit: 99).isEmpty)
        let settled = try await settled()
        #expect(settled.count == 12)
        #expect(settled.filter { $0 == .shown }.count == 3 && settled.filter { $0 == .told }.count == 1)
        try await talk.settle()
        #expect(shown.count == 4)
    }

    @Test func `a button counts on the card that was shown, for whom it was shown to`() async throws {
        try await add()
        try await link("slack:T1/alice", to: Stage.alice)
        try await talk.write("tell bob", as: Stage.bob)
        try await talk.settle()
        await dealer().sweep()
        try await talk.settle()
        let card = try #require(try await talk.stage.store.standingCards(after: nil, limit: 1).first)
        let reader = CardReader(store: talk.stage.store, payloads: talk.payloads, pause: {})
        func isTheirs(_ sender: String, _ approval: String? = nil, on shown: String? = nil) async throws -> Bool {
            try await reader.isTheirs(
                ButtonPress(
                    account: Talk.account, sender: SenderID(sender), isBot: false,
                    approval: approval ?? card.approval?.raw ?? "", choice: .approve,
                    shown: shown ?? card.external ?? "", reply: [:]))
        }
        #expect(try await isTheirs("slack:T1/alice"))
        #expect(try await !isTheirs("slack:T1/bob"))
        #expect(try await !isTheirs("slack:T1/alice", "apr_other"))
        #expect(try await !isTheirs("slack:T1/alice", on: "C1/1.1"), "a copy is another message")
    }
}

/// Everybody's at acme, but Carol's: she has left.
struct Addresses: Addressees {
    func address(of person: PersonID, in organization: OrganizationID) async throws -> String? {
        person == PersonID("carol") ? nil : "\(person)@acme.test"
    }
}

struct OwnTeam: DeliveringChannel {
    let traits = ChannelTraits(
        kind: .slack, senders: .platform, readers: .asked, longest: 100, hasThreads: true, hasButtons: true,
        canEdit: true, knowsRepeats: false)

    func requests(for message: OutboundMessage, from account: ChannelAccount) -> [ChannelRequest] { [] }

    func outcome(of answer: ChannelAnswer, to request: ChannelRequest) -> DeliveryOutcome { .refused("not asked for") }

    func alone(with sender: SenderID, from account: ChannelAccount) -> JSONObject? { ["to": .string(sender.raw)] }
}
