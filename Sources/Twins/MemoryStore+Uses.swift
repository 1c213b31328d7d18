public import Authority
public import Broker
import Synchronization

extension MemoryStore: UseStore {
    public func toolUses(in organization: OrganizationID, since day: Int64) async throws -> [ToolUse] {
        let uses = state.withLock { state in
            state.toolUses.filter {
                state.connections[$0.connection]?.organization == organization && $0.day >= day
            }
        }
        return uses.sorted { ($0.connection.raw, $0.tool) < ($1.connection.raw, $1.tool) }
    }

    public func toolUsesKeptSince() async throws -> Timestamp { Timestamp(microseconds: 0) }
}

extension MemoryState {
    mutating func note(_ use: ToolUse) {
        let before = toolUses.first { $0.connection == use.connection && $0.tool == use.tool }
        guard before.map({ $0.day < use.day }) ?? true else { return }
        toolUses.removeAll { $0 == before }
        toolUses.append(use)
    }
}
