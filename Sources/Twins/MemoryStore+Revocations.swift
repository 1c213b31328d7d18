public import Authority
public import Broker
import Synchronization

extension MemoryStore: RevocationStore {
    public func revocationsDue(by time: Timestamp, limit: Int) async throws -> [PendingRevocation] {
        state.withLock { state in
            Array(
                state.revocations.values.filter { $0.due <= time }.sorted { ($0.due, $0.id) < ($1.due, $1.id) }
                    .prefix(limit))
        }
    }

    public func revocations(of connection: ConnectionID) async throws -> [PendingRevocation] {
        state.withLock { state in
            state.revocations.values.filter { $0.connection == connection }.sorted { $0.id < $1.id }
        }
    }
}
