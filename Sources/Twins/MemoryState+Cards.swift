import Authority
import Gate
import Turns

/// Approvers' cards in memory.
struct CardsState: Sendable {
    struct Card: Sendable {
        var owed: OwedCard
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
        case .counted(let person, let organization, let time, let seen):
            let found = cards.count { card in
                card.owed.person == person && card.owed.organization == organization
                    && card.settled.map { $0.at >= time && [.shown, .told].contains($0.outcome) } ?? false
            }
            guard found == seen else { throw .exists("cards of `\(person)`") }
        case .reroute(let unseen, let outcome, let tried, let message, let time):
            guard let place = place(of: unseen.card), cards[place].message == unseen.message,
                let settled = cards[place].settled, [.shown, .told].contains(settled.outcome)
            else { throw .exists(unseen.card.approval.raw) }
            let card = cards[place].owed
            cards[place].owed = OwedCard(
                approval: card.approval, person: card.person, organization: card.organization, source: card.source,
                created: card.created, tried: tried)
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
