import Authority
import Gate
import Logging
import Testing
import Twins
import Wire

@testable import Turns

struct CardKeeperTests {
    private let talk: Talk
    private let senders = NamedSenders()

    init() throws {
        talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
    }

    private func keeper(canEdit: Bool = true) -> CardKeeper {
        CardKeeper(
            store: talk.stage.store, payloads: talk.payloads, canEdit: { _ in canEdit },
            obstacles: CardObstacles(senders: senders, approvals: talk.stage.desk), world: talk.stage.clock.world,
            bell: Bell(), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A card stands, and its approval waits.
    private func ask() async throws -> ApprovalCard {
        try await talk.write("tell bob")
        try await talk.settle()
        return try #require(try await talk.stage.desk.waiting(for: Stage.alice, in: Stage.organization).first)
    }

    /// What is to be said, with what it replaces.
    private func queued() async throws -> [OutboundMessage] {
        var messages: [OutboundMessage] = []
        for entry in try await talk.stage.store.claimOutbox(at: talk.stage.clock.world.now(), limit: 10, each: 10) {
            messages +=
                try await talk.payloads.open(entry.payload).flatMap(OutboundMessage.init(json:)).map { [$0] } ?? []
        }
        return messages
    }

    @Test func `what was decided elsewhere takes the card's place, for whoever saw the card`() async throws {
        let card = try await ask()
        #expect(await keeper().sweep() == 0, "while it waits it stands")
        try await talk.stage.desk.deny(
            card.approval.id, by: Stage.alice, in: Stage.organization, shown: card.approval.digest, reason: "not now")
        #expect(await keeper().sweep() == 1)
        let message = try #require(try await queued().first)
        let shown = try #require(try await talk.stage.store.outboxEntry(OutboxID(message.replaces ?? "")))
        #expect(shown.external == message.replaces && shown.approval == nil)
        #expect(message.content == .notice("May I?: denied by alice. It won't be done.", link: nil))
        #expect(message.privately == SenderID("slack:T1/alice") && message.reply == ["to": "alice"])
        #expect(await keeper().sweep() == 0, "once")
    }

    @Test func `who agreed is said, and that nobody did in time`() async throws {
        let card = try await ask()
        talk.stage.upstream.answer(json: #"{"sent": true}"#)
        try await talk.stage.desk.approve(
            card.approval.id, by: Stage.alice, in: Stage.organization, shown: card.approval.digest)
        await talk.stage.runner.sweep()
        #expect(await keeper().sweep() == 1)
        try await talk.settle()
        #expect(talk.words.contains("May I?: agreed by alice."))

        _ = try await ask()
        talk.stage.clock.advance(seconds: 4 * 86_400)
        await talk.stage.runner.sweep()
        #expect(await keeper().sweep() == 1)
        try await talk.settle()
        #expect(talk.words.contains("May I?: nobody agreed in time. It won't be done."))
    }

    @Test func `a card that waits stands for as long as it can be answered by whoever sees it`() async throws {
        let card = try await ask()
        #expect(await keeper().check() == 0)
        senders.unlink(SenderID("slack:T1/alice"))
        #expect(await keeper(canEdit: false).check() == 0)
        #expect(await keeper().check() == 1)
        #expect(try await queued().map(\.content) == [.notice("May I?: it isn't yours to answer any more.", link: nil)])
        #expect(await keeper().check() == 0, "once")
        #expect(try await talk.stage.store.approval(card.approval.id)?.state == .waiting, "nothing is decided by that")
    }

    @Test func `with its tool in quarantine a card has no buttons any more`() async throws {
        _ = try await ask()
        try talk.stage.put(Stage.tools.filter { $0.spec.name != "notes.send" })
        #expect(await keeper().check() == 1)
        #expect(try await queued().map(\.content) == [.notice("May I?: \(CardObstacles.away)", link: nil)])
    }

    @Test func `where nothing can be changed, nothing is said twice`() async throws {
        let card = try await ask()
        try await talk.stage.desk.deny(
            card.approval.id, by: Stage.alice, in: Stage.organization, shown: card.approval.digest, reason: "")
        #expect(await keeper(canEdit: false).sweep() == 1)
        #expect(try await queued().isEmpty)
        #expect(await keeper(canEdit: false).sweep() == 0)
    }

    @Test func `what a press has put there stays`() async throws {
        let card = try await ask()
        try await talk.stage.desk.deny(
            card.approval.id, by: Stage.alice, in: Stage.organization, shown: card.approval.digest, reason: "")
        let shown = try #require(
            try await talk.stage.store.decidedCards(limit: 1).first?.external)
        let desk = OutboxDesk(
            commits: talk.stage.store, payloads: talk.payloads, world: talk.stage.clock.world, bell: Bell())
        try await desk.say(
            .notice("denied", link: nil), to: SenderID("slack:T1/alice"), from: Talk.account,
            about: ApprovalID("apv_1"),
            reply: [:], replacing: shown)
        #expect(await keeper().sweep() == 0)
        #expect(try await queued().map(\.replaces) == [shown])
    }
}
