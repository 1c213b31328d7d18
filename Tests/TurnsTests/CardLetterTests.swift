import Authority
import Gate
import Logging
import Testing
import Twins
import Wire

@testable import Turns

/// Alice must agree to what Bob has the agent do, and isn't in Slack, or Slack doesn't answer.
struct CardLetterTests {
    private let talk: Talk
    private let store: MemoryStore

    init() throws {
        talk = try Talk { definition in
            definition.actsAs = .claw
            definition.slots = [Slot(provider: Stage.provider, owner: .agent)]
        }
        store = talk.stage.store
    }

    private static let mailbox = ChannelAccountID(organization: Stage.organization, kind: .mail, name: "desk")
    private static let home = ChannelAccountID.homeMail(of: Stage.organization)

    private func dealer(hasMail: Bool = true) -> CardDealer {
        CardDealer(
            store: store, payloads: talk.payloads,
            places: CardPlaces(
                store: store, senders: NamedSenders(), channels: [OwnTeam(), Letters()],
                routes: { _ in
                    Routes(
                        ["slack", "mail"].map {
                            Binding(
                                agent: AgentID("helper"),
                                match: Binding.Match(channel: $0, account: $0 == "mail" ? "desk" : "main"))
                        }, otherwise: nil)
                }, addressees: Addresses(), hasMail: { hasMail }),
            words: PlainWords(), page: { "https://deputy.test/approvals" }, world: talk.stage.clock.world,
            bell: Bell(), outbox: Bell(), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func keeper() -> CardKeeper {
        CardKeeper(
            store: store, payloads: talk.payloads, canEdit: { $0 == .slack },
            following: { kind, external, reply in Letters().following(external, of: reply) },
            obstacles: CardObstacles(senders: NamedSenders(), approvals: talk.stage.desk),
            world: talk.stage.clock.world, bell: Bell(), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func add(_ account: ChannelAccountID) async throws {
        try await store.commit(
            Transaction(changes: [
                ChannelChange.add(
                    ChannelAccountRecord(
                        account: ChannelAccount(id: account, connection: ConnectionID("con")), sealed: [],
                        created: talk.stage.clock.world.now()))
            ]))
    }

    private func link() async throws {
        try await store.commit(
            Transaction(changes: [
                SenderChange.link(
                    SenderLink(
                        organization: Stage.organization, sender: SenderID("slack:T1/alice"), person: Stage.alice,
                        proof: .link, by: "test", at: talk.stage.clock.world.now()))
            ]))
    }

    private func ask(_ text: String = "x") async throws -> ApprovalID {
        _ = await talk.stage.call("notes.send", ["to": "bob@acme.test", "text": .string(text)], as: Stage.bob)
        return try #require(try await talk.stage.desk.waiting(for: Stage.alice, in: Stage.organization).first).approval
            .id
    }

    private func reach(_ approval: ApprovalID) async throws -> ApproverReach {
        try await store.reach(of: approval, to: Stage.alice)
    }

    private var ways: [ChannelAccountID] { talk.said.map(\.account) }

    @Test func `who isn't in Slack is shown the call by mail, from the agent's mailbox before the home's`() async throws
    {
        try await add(Self.mailbox)
        let approval = try await ask()
        #expect(try await reach(approval) == .underWay)
        #expect(await dealer().sweep() == 1)
        #expect(try await reach(approval) == .underWay)
        try await talk.settle()
        #expect(try await reach(approval) == .reached)
        #expect(await dealer().sweep() == 0, "once")
        let card = try #require(talk.said.first)
        #expect(talk.said.count == 1 && card.account == Self.mailbox)
        #expect(card.to == SenderID("mail:alice@acme.test"), "their own address, whoever is linked")
        guard case .approval(let notice) = card.content else { return #expect(Bool(false), "\(card)") }
        #expect(notice.approval == approval.raw)
    }

    @Test
    func `without a mailbox of the agent's the home writes, and without either a notice says that something waits`()
        async throws
    {
        let approval = try await ask()
        #expect(await dealer().sweep() == 1)
        try await talk.settle()
        #expect(ways == [Self.home])
        #expect(try await reach(approval) == .reached)

        try await talk.stage.desk.deny(
            approval, by: Stage.alice, in: Stage.organization,
            shown: try #require(try await store.approval(approval)).digest, reason: "")
        let other = try await ask("y")
        #expect(await dealer(hasMail: false).sweep() == 1)
        #expect(try await reach(other) == .unreached)
    }

    @Test func `when Slack takes nothing the next way is taken, once, and what waited there isn't said any more`()
        async throws
    {
        try await add(Talk.account)
        try await link()
        let approval = try await ask()
        await dealer().sweep()
        talk.delivery.next(.refused("account_inactive"))
        try await talk.settle()
        #expect(talk.said.isEmpty)
        #expect(try await reach(approval) == .underWay)
        #expect(await dealer().sweep() == 1)
        try await talk.settle()
        #expect(ways == [Self.home])
        #expect(try await reach(approval) == .reached)
        #expect(await dealer().sweep() == 0)
        #expect(try await store.undelivered(in: Stage.organization, limit: 9).isEmpty)
        #expect(try await store.cardFigures().rerouted == 1)

        // Put off by its channel, for longer than somebody should have to wait.
        talk.stage.clock.advance(seconds: 4_000)
        _ = await talk.stage.call("notes.send", ["to": "bob@acme.test", "text": "y"], as: Stage.bob)
        await dealer().sweep()
        talk.delivery.next(.putOff(after: 3_600, "rate limited"))
        try await talk.settle()
        talk.stage.clock.advance(seconds: 59)
        #expect(await dealer().sweep() == 0)
        talk.stage.clock.advance(seconds: 2)
        #expect(await dealer().sweep() == 1)
        try await talk.settle()
        #expect(ways == [Self.home, Self.home])
        talk.stage.clock.advance(seconds: 3_600)
        try await talk.settle()
        #expect(ways == [Self.home, Self.home], "and it isn't told by both")
    }

    @Test func `where no way works it is said, and notices go on`() async throws {
        try await add(Talk.account)
        try await link()
        let approval = try await ask()
        await dealer().sweep()
        talk.delivery.next(.refused("account_inactive"), .refused("550 no such user"))
        try await talk.settle()
        await dealer().sweep()
        try await talk.settle()
        #expect(await dealer().sweep() == 1)
        #expect(await dealer().sweep() == 0)
        #expect(try await reach(approval) == .unreached)
        let figures = try await store.cardFigures()
        #expect(figures.unreached == 1 && figures.outcomes == [.undelivered: 1])
        #expect(try await store.undelivered(in: Stage.organization, limit: 9).map(\.account) == [Self.home])
    }

    @Test func `what was decided elsewhere is said in the letter's thread, once`() async throws {
        let approval = try await ask()
        await dealer().sweep()
        try await talk.settle()
        #expect(await keeper().sweep() == 0)
        #expect(await keeper().check() == 0, "a letter that was sent stands")
        try await talk.stage.desk.deny(
            approval, by: Stage.alice, in: Stage.organization,
            shown: try #require(try await store.approval(approval)).digest, reason: "")
        #expect(await keeper().sweep() == 1)
        let entry = try #require(
            try await store.claimOutbox(at: talk.stage.clock.world.now(), limit: 9, each: 9).first)
        let message = try #require(try await talk.payloads.open(entry.payload).flatMap(OutboundMessage.init(json:)))
        #expect(message.replaces == nil && message.reply["after"] != nil)
        #expect(message.privately == SenderID("mail:alice@acme.test"))
        #expect(message.content == .notice("May I?: denied by alice. It won't be done.", link: nil))
        #expect(await keeper().sweep() == 0)
    }

    @Test func `whoever wrote in Slack is told there, and whoever talks on a page by a notice too`() async throws {
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        try await talk.write("tell bob", as: Stage.alice)
        try await talk.settle()
        let card = try #require(try await talk.stage.desk.waiting(for: Stage.alice, in: Stage.organization).first)
        #expect(try await reach(card.approval.id) == .reached)
        #expect(ApproverReach(said: .delivered, by: .web) == .unreached)
        #expect(ApproverReach(said: .failed, by: .slack) == .unreached)
    }
}

private struct Letters: DeliveringChannel {
    let traits = ChannelTraits(
        kind: .mail, senders: .platform, readers: .asked, longest: 100, hasThreads: true, hasButtons: false,
        canEdit: false, knowsRepeats: false)

    func requests(for message: OutboundMessage, from account: ChannelAccount) -> [ChannelRequest] { [] }

    func outcome(of answer: ChannelAnswer, to request: ChannelRequest) -> DeliveryOutcome { .refused("not asked for") }

    func letter(to sender: SenderID, about subject: String, thread: String) -> JSONObject? {
        ["to": .string(sender.raw), "thread": .string(thread)]
    }

    func following(_ external: String, of reply: JSONObject) -> JSONObject? {
        var reply = reply
        reply["after"] = .string(external)
        return reply
    }
}
