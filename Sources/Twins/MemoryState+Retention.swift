public import Authority
import Gate
import Synchronization
public import Turns

extension TurnsState {
    mutating func apply(_ change: RetentionChange) {
        switch change {
        case .forgetTurn(let id):
            guard let turn = turns[id], case .ended = turn.state else { return }
            turns[id] = nil
            outbox = outbox.filter { $1.turn != id }
            sent = sent.filter { $1 != id }
            inbox[turn.message] = nil
        case .forgetMessage(let id): if inbox[id]?.state == .ignored { inbox[id] = nil }
        }
    }
}

extension MemoryStore: RetentionStore {
    public func agentsWithTurns(in organization: OrganizationID) async throws -> [AgentID] {
        state.withLock { state in
            Set(state.talk.turns.values.filter { $0.account.organization == organization }.map(\.agent)).sorted()
        }
    }

    public func agedTurns(
        of agent: AgentID, in organization: OrganizationID, before time: Timestamp, limit: Int
    ) async throws -> [Turn] {
        state.withLock { state in
            let aged = state.talk.turns.values.filter { turn in
                guard case .ended = turn.state else { return false }
                return turn.account.organization == organization && turn.agent == agent && turn.touched < time
            }
            return Array(aged.sorted { ($0.touched, $0.id) < ($1.touched, $1.id) }.prefix(limit))
        }
    }

    public func agedMessages(
        in organization: OrganizationID, before time: Timestamp, limit: Int
    ) async throws -> [InboxEntry] {
        state.withLock { state in
            let aged = state.talk.inbox.values.filter {
                $0.account.organization == organization && $0.state == .ignored && $0.received < time
            }
            return Array(aged.sorted { ($0.received, $0.id) < ($1.received, $1.id) }.prefix(limit))
        }
    }
}
