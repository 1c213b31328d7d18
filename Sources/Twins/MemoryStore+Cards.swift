public import Authority
import Gate
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
}
