import Authority
public import Gate
public import Logging
import Wire

/// Puts what was decided in the place of an approval's card, wherever it was decided: on a page, at a terminal, by a button
/// elsewhere, or by nobody in time. A card with buttons that do nothing any more doesn't stay.
public struct CardKeeper: Sendable {
    public typealias Store = OutboxStore & TurnStore & ApprovalStore & Commits

    private let store: any Store
    private let payloads: PayloadKeeper
    /// Whether a message of this kind of channel can be changed.
    private let canEdit: @Sendable (ChannelKind) -> Bool
    private let world: World
    private let bell: Bell
    private let log: Logger

    /// - Parameter bell: rung when something is to be sent.
    public init(
        store: any Store, payloads: PayloadKeeper, canEdit: @escaping @Sendable (ChannelKind) -> Bool, world: World,
        bell: Bell, log: Logger
    ) {
        self.store = store
        self.payloads = payloads
        self.canEdit = canEdit
        self.world = world
        self.bell = bell
        self.log = log
    }

    private static let idle = Duration.milliseconds(500)
    private static let most = 64

    /// Runs until cancelled.
    public func run() async {
        while !Task.isCancelled {
            if await sweep() < CardKeeper.most { try? await Task.sleep(for: CardKeeper.idle) }
        }
    }

    /// - Returns: how many cards were looked at.
    @discardableResult
    public func sweep() async -> Int {
        do {
            guard try await store.keepsHouse() else { return 0 }
            let cards = try await store.decidedCards(limit: CardKeeper.most)
            for card in cards { try await replace(card) }
            if !cards.isEmpty { bell.ring() }
            return cards.count
        } catch {
            if !Task.isCancelled { log.error("cards can't be looked at", metadata: ["error": "\(error)"]) }
            return 0
        }
    }

    private func replace(_ card: OutboxEntry) async throws {
        guard let id = card.approval else { return }
        var changes: [any StoredChange] = [TurnChange.takeDown(card.id)]
        if canEdit(card.account.kind), let external = card.external,
            let message = try await payloads.open(card.payload).flatMap(OutboundMessage.init(json:))
        {
            changes += try OutboxEntry.saying(
                .notice(sentence(message.content, try await store.approval(id)), link: nil), to: message.privately,
                from: card.account, in: card.conversation, reply: message.reply, replacing: external, about: id,
                turn: card.turn, payloads, world)
        }
        do throws(CommitError) {
            try await store.commit(Transaction(changes: changes))
        } catch {
            // Somebody's press has put it there.
            guard case .exists = error else { throw error }
        }
    }

    private func sentence(_ content: OutboundContent, _ approval: Approval?) -> String {
        let title: String =
            switch content {
            case .approval(let notice): notice.title
            case .words, .notice: "What was asked"
            }
        let said: String =
            switch approval?.state {
            case .denied(let person, _)?: "denied by \(person). It won't be done."
            case .expired?: "nobody agreed in time. It won't be done."
            case .replaced(_, let editor)?: "changed by \(editor), and goes on as it was changed."
            case .approved?, .spent?, .answered?, .delivered?: "agreed by \(Self.names(approval?.yes ?? []))."
            case .void?, .waiting?, nil: "what it stood on has changed. It won't be done."
            }
        return "\(title): \(said)"
    }

    private static func names(_ people: Set<PersonID>) -> String {
        people.sorted().map(\.raw).joined(separator: " and ")
    }
}
