public import Authority
public import Broker
import Synchronization
public import Wire

extension MemoryStore: ConnectFlowStore {
    public func connectFlow(_ id: ConnectFlowID) async throws -> ConnectFlow? {
        state.withLock { $0.connectFlows[id] }
    }

    public func connectFlow(for aim: ConnectAim) async throws -> ConnectFlow? {
        state.withLock { $0.connectFlows.values.first { $0.aim == aim } }
    }

    public func connectFlow(state digest: Digest) async throws -> ConnectFlow? {
        state.withLock { $0.connectFlows.values.first { $0.state == digest } }
    }

    public func connectFlows(expiredAt now: Timestamp, most: Int) async throws -> [ConnectFlow] {
        let expired = state.withLock {
            $0.connectFlows.values.filter { flow in flow.stage.until.map { $0 <= now } ?? false }
        }
        return Array(
            expired.sorted {
                ($0.stage.until?.microseconds ?? 0, $0.id) < ($1.stage.until?.microseconds ?? 0, $1.id)
            }.prefix(most))
    }
}
