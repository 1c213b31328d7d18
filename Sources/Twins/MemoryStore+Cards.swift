public import Authority
public import Gate
import Synchronization
public import Turns

extension MemoryStore: CardStore {
    public func owedCards(limit: Int) async throws -> [OwedCard] {
        state.withLock { state in
            let owed = state.cards.cards.filter { $0.settled == nil }.map(\.owed)
            return Array(
                owed.sorted { ($0.created, $0.approval, $0.person) < ($1.created, $1.approval, $1.person) }
                    .prefix(limit))
        }
    }

    public func settledCards(
        of person: PersonID, in organization: OrganizationID, since time: Timestamp
    ) async throws -> [SettledCard] {
        state.withLock { state in
            state.cards.cards.filter { $0.owed.person == person && $0.owed.organization == organization }
                .compactMap(\.settled).filter { $0.at >= time }.sorted { $0.at < $1.at }
        }
    }

    public func unseenCards(waitingSince time: Timestamp, limit: Int) async throws -> [UnseenCard] {
        state.withLock { state in
            let found = state.cards.cards.compactMap { card -> (UnseenCard, OutboxEntry)? in
                guard let settled = card.settled, [.shown, .told].contains(settled.outcome), let id = card.message,
                    let entry = state.talk.outbox[id]
                else { return nil }
                let unseen = UnseenCard(card: card.owed, outcome: settled.outcome, message: id)
                switch entry.state {
                case .failed, .unknown: return (unseen, entry)
                case .waiting: return entry.created < time ? (unseen, entry) : nil
                case .sending, .delivered, .dropped: return nil
                }
            }
            return found.sorted { ($0.1.created, $0.1.id) < ($1.1.created, $1.1.id) }.prefix(limit).map(\.0)
        }
    }

    public func reach(of approval: ApprovalID, to person: PersonID) async throws -> ApproverReach {
        state.withLock { state in
            let outbox = state.talk.outbox
            if let card = state.cards.cards.first(where: { $0.owed.approval == approval && $0.owed.person == person }) {
                return ApproverReach(of: card.settled?.outcome, message: card.message.flatMap { outbox[$0]?.state })
            }
            let said = outbox.values.filter { $0.about == approval && $0.turn != nil }
            guard let last = said.max(by: { ($0.created, $0.id) < ($1.created, $1.id) }) else { return .unreached }
            return ApproverReach(said: last.state, by: last.account.kind)
        }
    }

    public func cardFigures() async throws -> CardFigures {
        state.withLock { state in
            let cards = state.cards.cards
            return CardFigures(
                owed: cards.count { $0.settled == nil },
                outcomes: Dictionary(grouping: cards.compactMap(\.settled?.outcome)) { $0 }.mapValues(\.count),
                rerouted: cards.count { !$0.owed.tried.isEmpty },
                unreached: cards.count { card in
                    card.settled?.outcome == .undelivered
                        && state.approvals[card.owed.approval]?.state.isPending == true
                })
        }
    }
}
