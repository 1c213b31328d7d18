import Authority
import Gate
import Turns

/// Approvers' cards in memory.
struct CardsState: Sendable {
    struct Card: Sendable {
        let owed: OwedCard
        var settled: SettledCard?
        var message: OutboxID?
    }

    var cards: [Card] = []

    mutating func apply(_ change: CardChange) throws(CommitError) {
        switch change {
        case .owe(let card):
            guard place(of: card) == nil else { throw .exists(card.approval.raw) }
            cards.append(Card(owed: card))
        case .settle(let card, let outcome, let message, let time):
            guard let place = place(of: card), cards[place].settled == nil else { throw .exists(card.approval.raw) }
            cards[place].settled = SettledCard(source: card.source, outcome: outcome, at: time)
            cards[place].message = message
        case .prune(let time): cards.removeAll { $0.settled.map { $0.at < time } ?? false }
        }
    }

    private func place(of card: OwedCard) -> Int? {
        cards.firstIndex { $0.owed.approval == card.approval && $0.owed.person == card.person }
    }

    /// - Returns: payloads that showed them.
    mutating func erase(where isMeant: (OwedCard) -> Bool) -> [String] {
        let gone = cards.filter { isMeant($0.owed) }
        cards.removeAll { isMeant($0.owed) }
        return gone.compactMap(\.message).map { "\($0)/message" }
    }
}
