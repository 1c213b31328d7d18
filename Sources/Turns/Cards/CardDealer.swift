import Authority
public import Gate
import Ledger
public import Logging
import Wire

/// Shows approvers the calls that wait for them, each in their own conversation with the agent's account or by mail. Who is to be
/// shown what was committed with the approval, so none is lost, and each is settled in the commit that puts its card into the
/// outbox, at whichever gateway comes first. What doesn't arrive goes another way.
public struct CardDealer: Sendable {
    public typealias Store = CardStore & OutboxStore & TurnStore & ApprovalStore & Commits

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
    /// Seconds that a message may wait for its channel, until another way is taken.
    private static let patience: Int64 = 60

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
            for card in try await store.owedCards(limit: CardDealer.most) {
                // Each fails alone.
                do { if try await settle(card) { settled += 1 } } catch { complain(error) }
            }
            let since = world.now().adding(seconds: -CardDealer.patience)
            for card in try await store.unseenCards(waitingSince: since, limit: CardDealer.most) {
                do { if try await reroute(card) { settled += 1 } } catch { complain(error) }
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
        let (outcome, message, counted) = try await message(for: card)
        return try await commit(card, outcome, message, counted) {
            .settle(card, outcome, message: $0, at: world.now())
        }
    }

    /// Takes the next way; what waits in the one before isn't sent any more.
    private func reroute(_ unseen: UnseenCard) async throws -> Bool {
        guard var entry = try await store.outboxEntry(unseen.message) else { return false }
        let tried = unseen.card.tried.union(["\(entry.account)"])
        var (outcome, message, _) = try await message(for: unseen.card.trying(tried), as: unseen.outcome)
        let isWaiting = entry.state == .waiting
        if outcome == .needless, try await isWanted(unseen.card) {
            // Its own channel may take it yet.
            if isWaiting { return false }
            outcome = .undelivered
        }
        var changes: [any StoredChange] = []
        if isWaiting {
            entry.state = .dropped
            changes.append(TurnChange.settle(entry))
        } else if outcome != .undelivered {
            changes.append(TurnChange.forgo(entry.id))
        }
        log.warning(
            "an approver wasn't shown what waits for them",
            metadata: [
                "approval": "\(unseen.card.approval)", "person": "\(unseen.card.person)", "by": "\(entry.account)",
                "reason": "\(entry.reason ?? "it waited too long")",
                "now": "\(message?.place.account.description ?? "")",
            ])
        let settled = outcome
        return try await commit(unseen.card, settled, message, changes) {
            .reroute(unseen, settled, tried: tried, message: $0, at: world.now())
        }
    }

    private func isWanted(_ card: OwedCard) async throws -> Bool {
        guard let approval = try await store.approval(card.approval) else { return false }
        return approval.state == .waiting && world.now() < approval.expires && !approval.yes.contains(card.person)
    }

    private func commit(
        _ card: OwedCard, _ outcome: CardOutcome, _ message: Message?, _ others: [any StoredChange] = [],
        _ change: (OutboxID?) -> CardChange
    ) async throws -> Bool {
        let now = world.now()
        var changes = others
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
        changes.append(change(id))
        do throws(CommitError) {
            try await store.commit(Transaction(changes: changes, leaves: leaves))
        } catch {
            // Another gateway settled it, or showed them another one meanwhile: then it is looked at again.
            guard case .exists = error else { throw error }
            return false
        }
        return true
    }

    private typealias Message = (place: CardPlaces.Place, content: OutboundContent)

    /// - Parameter outcome: nil for what the caps say.
    /// - Returns: what becomes of it, what shows it, and what has to hold for that still when it is committed.
    private func message(
        for card: OwedCard, as outcome: CardOutcome? = nil
    ) async throws -> (CardOutcome, Message?, [any StoredChange]) {
        let now = world.now()
        guard try await isWanted(card), let approval = try await store.approval(card.approval),
            let place = try await places.place(
                of: card.person, for: approval.call.agent, in: card.organization, notBy: card.tried, thread: thread()),
            let notice = await words.approval(card.approval, for: card.person)
        else { return (.needless, nil, []) }
        let since = now.adding(seconds: -caps.seconds)
        let settled = try await store.settledCards(of: card.person, in: card.organization, since: since)
        let seen = settled.filter { $0.outcome.isSeen }.count
        let counted = [CardChange.counted(card.person, card.organization, since: since, seen: seen)]
        let outcome = outcome ?? caps.outcome(of: card.source, after: settled)
        switch outcome {
        case .shown: return (outcome, (place, .approval(notice)), counted)
        case .told: return (outcome, (place, .notice(CardDealer.more, link: page())), counted)
        case .gathered, .needless, .undelivered: return (outcome, nil, [])
        }
    }

    /// 88 random bits: nobody guesses the name of a letter's thread.
    private func thread() -> String { String(world.newID("thread").suffix(22)) }

    static let more =
        "More waits for your answer than I show you one by one. The page shows all of it; its link gives nobody a right."
}
