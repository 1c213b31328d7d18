import Authority
import Synchronization

/// What is under way in this process: how many calls each agent has, and which have an intent.
final class InFlight: Sendable {
    private struct Key: Hashable {
        let organization: OrganizationID
        let agent: AgentID
    }

    private let intended = Mutex<Set<CallID>>([])
    private let counts = Mutex<[Key: Int]>([:])

    /// Counts one more call, and says how many there were before it: what the decision then judges is already reserved,
    /// so that two calls can't both take the last place.
    func begin(_ organization: OrganizationID, _ agent: AgentID) -> Int {
        counts.withLock {
            let before = $0[Key(organization: organization, agent: agent), default: 0]
            $0[Key(organization: organization, agent: agent)] = before + 1
            return before
        }
    }

    /// From before the intent's commit until after the outcome's.
    func begin(_ call: CallID) { intended.withLock { _ = $0.insert(call) } }

    func end(_ call: CallID) { intended.withLock { _ = $0.remove(call) } }

    func contains(_ call: CallID) -> Bool { intended.withLock { $0.contains(call) } }

    /// Of all agents together.
    var count: Int { counts.withLock { $0.values.reduce(0, +) } }

    func end(_ organization: OrganizationID, _ agent: AgentID) {
        counts.withLock {
            let left = $0[Key(organization: organization, agent: agent), default: 1] - 1
            $0[Key(organization: organization, agent: agent)] = left == 0 ? nil : left
        }
    }
}
