public import Authority
public import Gate
public import Logging
public import Wire

/// Puts what was decided in the place of an approval's card, wherever it was decided: on a page, at a terminal, by a button
/// elsewhere, or by nobody in time. A card with buttons that do nothing any more doesn't stay. Every gateway does it; the commit
/// that takes a card down is one's.
public struct CardKeeper: Sendable {
    public typealias Store = OutboxStore & TurnStore & ApprovalStore & Commits

    private let store: any Store
    private let payloads: PayloadKeeper
    /// Whether a message of this kind of channel can be changed.
    private let canEdit: @Sendable (ChannelKind) -> Bool
    /// Where what follows a message is said, by its kind of channel and the channel's own id of it.
    private let following: @Sendable (ChannelKind, String, JSONObject) -> JSONObject?
    private let obstacles: CardObstacles
    private let world: World
    private let bell: Bell
    private let log: Logger

    /// - Parameter bell: rung when something is to be sent.
    public init(
        store: any Store, payloads: PayloadKeeper, canEdit: @escaping @Sendable (ChannelKind) -> Bool,
        following: @escaping @Sendable (ChannelKind, String, JSONObject) -> JSONObject? = { _, _, _ in nil },
        obstacles: CardObstacles, world: World, bell: Bell, log: Logger
    ) {
        self.store = store
        self.payloads = payloads
        self.canEdit = canEdit
        self.following = following
        self.obstacles = obstacles
        self.world = world
        self.bell = bell
        self.log = log
    }

    private static let idle = Duration.milliseconds(500)
    private static let most = 64
    /// Seconds between two looks at the cards that wait.
    private static let patience: Int64 = 10

    /// Runs until cancelled.
    public func run() async {
        var checked = world.now()
        while !Task.isCancelled {
            if checked.adding(seconds: CardKeeper.patience) <= world.now() {
                await check()
                checked = world.now()
            }
            if await sweep() < CardKeeper.most { try? await Task.sleep(for: CardKeeper.idle) }
        }
    }

    /// Takes down what waits and can't be answered by whoever sees it: their sender was unlinked, they lost what entitled them,
    /// or the tool is in quarantine. A press looks for itself, so this only keeps what is shown true.
    ///
    /// - Returns: how many cards were taken down.
    @discardableResult
    public func check() async -> Int {
        var taken = 0
        do {
            guard try await store.keepsHouse(.cards) else { return 0 }
            var last: OutboxEntry?
            while true {
                let cards = try await store.standingCards(after: last, limit: CardKeeper.most)
                for card in cards where canEdit(card.account.kind) {
                    // Each fails alone.
                    do { if try await takeDown(ifObstructed: card) { taken += 1 } } catch { complain(error) }
                }
                last = cards.last
                if cards.count < CardKeeper.most { break }
            }
        } catch {
            complain(error)
        }
        if taken > 0 { bell.ring() }
        return taken
    }

    private func takeDown(ifObstructed card: OutboxEntry) async throws -> Bool {
        guard let id = card.approval, try await store.approval(id)?.state == .waiting,
            let message = try await payloads.open(card.payload).flatMap(OutboundMessage.init(json:)),
            let sender = message.privately,
            let obstacle = try await obstacles.obstacle(
                to: id, shownTo: sender, in: card.account.organization)
        else { return false }
        try await replace(card, with: "\(title(of: message.content)): \(obstacle)")
        return true
    }

    private func complain(_ error: any Error) {
        if !Task.isCancelled { log.error("cards can't be looked at", metadata: ["error": "\(error)"]) }
    }

    /// - Returns: how many cards were looked at.
    @discardableResult
    public func sweep() async -> Int {
        do {
            let cards = try await store.decidedCards(limit: CardKeeper.most)
            // Each fails alone.
            for card in cards { do { try await replace(card) } catch { complain(error) } }
            if !cards.isEmpty { bell.ring() }
            return cards.count
        } catch {
            complain(error)
            return 0
        }
    }

    private func replace(_ card: OutboxEntry) async throws {
        guard let id = card.approval else { return }
        try await replace(card, with: nil, try await store.approval(id))
    }

    /// - Parameter words: nil for what became of the approval.
    private func replace(_ card: OutboxEntry, with words: String?, _ approval: Approval? = nil) async throws {
        let changes = try await changes(replacing: card, about: card.approval) {
            words ?? sentence($0, approval)
        }
        do throws(CommitError) {
            try await store.commit(Transaction(changes: changes))
        } catch {
            // Somebody's press has put it there.
            guard case .exists = error else { throw error }
        }
    }

    private func changes(
        replacing card: OutboxEntry, about approval: ApprovalID?, with words: (OutboundContent) -> String
    ) async throws -> [any StoredChange] {
        var changes: [any StoredChange] = [TurnChange.takeDown(card.id)]
        if let external = card.external,
            let message = try await payloads.open(card.payload).flatMap(OutboundMessage.init(json:)),
            let reply = place(of: card, external, message.reply)
        {
            changes += try OutboxEntry.saying(
                .notice(words(message.content), link: nil), to: message.privately,
                from: card.account, in: card.conversation, reply: reply,
                replacing: canEdit(card.account.kind) ? external : nil, about: approval, turn: card.turn,
                payloads, world)
        }
        return changes
    }

    /// What takes the cards of these approvals down, with nothing of them left, for a commit that destroys what they show.
    public func withdrawals(of approvals: [ApprovalID]) async throws -> [any StoredChange] {
        let withdrawn = Set(approvals)
        var changes: [any StoredChange] = []
        var last: OutboxEntry?
        while true {
            let cards = try await store.standingCards(after: last, limit: CardKeeper.most)
            for card in cards where card.approval.map(withdrawn.contains) ?? false {
                changes += try await self.changes(replacing: card, about: nil) { _ in CardKeeper.erased }
            }
            last = cards.last
            if cards.count < CardKeeper.most { return changes }
        }
    }

    static let erased = "What was asked here was erased, with whoever asked. It won't be done."

    /// Nil where nothing is said: a letter that a turn wrote is answered by that turn.
    private func place(of card: OutboxEntry, _ external: String, _ reply: JSONObject) -> JSONObject? {
        if canEdit(card.account.kind) { return reply }
        return card.turn == nil ? following(card.account.kind, external, reply) : nil
    }

    private func sentence(_ content: OutboundContent, _ approval: Approval?) -> String {
        let said: String =
            switch approval?.state {
            case .denied(let person, _)?: "denied by \(person). It won't be done."
            case .expired?: "nobody agreed in time. It won't be done."
            case .replaced(_, let editor)?: "changed by \(editor), and goes on as it was changed."
            case .approved?, .spent?, .answered?, .delivered?: "agreed by \(Self.names(approval?.yes ?? []))."
            case .void?, .waiting?, nil: "what it stood on has changed. It won't be done."
            }
        return "\(title(of: content)): \(said)"
    }

    private func title(of content: OutboundContent) -> String {
        switch content {
        case .approval(let notice): notice.title
        case .words, .notice: "What was asked"
        }
    }

    private static func names(_ people: Set<PersonID>) -> String {
        people.sorted().map(\.raw).joined(separator: " and ")
    }
}
