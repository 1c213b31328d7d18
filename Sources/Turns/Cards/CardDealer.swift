import Authority
public import Gate
import Ledger
public import Logging
import Wire

/// Shows approvers the calls that wait for them, each in their own conversation with the agent's account. Who is to be shown what
/// was committed with the approval, so none is lost, and each is settled in the commit that puts its card into the outbox.
public struct CardDealer: Sendable {
    public typealias Store = CardStore & TurnStore & ApprovalStore & Commits

    private let store: any Store
    private let payloads: PayloadKeeper
    private let places: CardPlaces
    private let words: any AnswerWords
    /// The page with everything that waits.
    private let page: @Sendable () -> String
    private let caps: CardCaps
    private let world: World
    private let bell: Bell
    private let outbox: Bell
    private let log: Logger

    /// - Parameters:
    ///   - bell: rung when a card may be owed.
    ///   - outbox: rung when something is to be sent.
    public init(
        store: any Store, payloads: PayloadKeeper, places: CardPlaces, words: any AnswerWords,
        page: @escaping @Sendable () -> String, caps: CardCaps = CardCaps(), world: World, bell: Bell, outbox: Bell,
        log: Logger
    ) {
        self.store = store
        self.payloads = payloads
        self.places = places
        self.words = words
        self.page = page
        self.caps = caps
        self.world = world
        self.bell = bell
        self.outbox = outbox
        self.log = log
    }

    private static let most = 64
    private static let idle = Duration.seconds(2)

    /// Runs until cancelled.
    public func run() async {
        while !Task.isCancelled {
            if await sweep() < CardDealer.most { await bell.wait(atMost: CardDealer.idle) }
        }
    }

    /// - Returns: how many cards were settled.
    @discardableResult
    public func sweep() async -> Int {
        var settled = 0
        do {
            guard try await store.keepsHouse() else { return 0 }
            for card in try await store.owedCards(limit: CardDealer.most) {
                // Each fails alone.
                do { if try await settle(card) { settled += 1 } } catch { complain(error) }
            }
        } catch {
            complain(error)
        }
        if settled > 0 { outbox.ring() }
        return settled
    }

    private func complain(_ error: any Error) {
        if !Task.isCancelled { log.error("cards can't be dealt", metadata: ["error": "\(error)"]) }
    }

    /// - Returns: whether this gateway did.
    private func settle(_ card: OwedCard) async throws -> Bool {
        let (outcome, message) = try await message(for: card)
        let now = world.now()
        var changes: [any StoredChange] = []
        var leaves: [PlacedLeaf] = []
        var id: OutboxID?
        if let message {
            let entry = OutboxEntry(
                id: OutboxID(world.newID("out")), account: message.place.account,
                conversation: ConversationID(raw: "cards/\(message.place.account)/\(card.person)"), turn: nil,
                created: now, approval: message.content.approval, told: message.place.sender.raw, about: card.approval)
            id = entry.id
            let said = OutboundMessage(
                id: entry.id.raw, account: entry.account, reply: message.place.reply, privately: message.place.sender,
                content: message.content)
            changes += [TurnChange.say(entry), try payloads.kept(said.json, id: entry.payload)]
            leaves.append(
                PlacedLeaf(
                    try Leaves.shows(card, outcome, entry, to: message.place.sender, at: now),
                    in: .organization(card.organization)))
        }
        changes.append(CardChange.settle(card, outcome, message: id, at: now))
        do throws(CommitError) {
            try await store.commit(Transaction(changes: changes, leaves: leaves))
        } catch {
            // Another gateway settled it.
            guard case .exists = error else { throw error }
            return false
        }
        return true
    }

    private typealias Message = (place: CardPlaces.Place, content: OutboundContent)

    private func message(for card: OwedCard) async throws -> (CardOutcome, Message?) {
        let now = world.now()
        guard let approval = try await store.approval(card.approval), approval.state == .waiting,
            now < approval.expires, !approval.yes.contains(card.person),
            let place = try await places.place(of: card.person, for: approval.call.agent, in: card.organization),
            let notice = await words.approval(card.approval, for: card.person)
        else { return (.needless, nil) }
        let settled = try await store.settledCards(
            of: card.person, in: card.organization, since: now.adding(seconds: -caps.seconds))
        let outcome = caps.outcome(of: card.source, after: settled)
        switch outcome {
        case .shown: return (outcome, (place, .approval(notice)))
        case .told: return (outcome, (place, .notice(CardDealer.more, link: page())))
        case .gathered, .needless: return (outcome, nil)
        }
    }

    static let more =
        "More waits for your answer than I show you one by one. The page shows all of it; its link gives nobody a right."
}
