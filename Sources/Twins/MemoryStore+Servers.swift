public import Authority
public import Registry
import Synchronization

extension MemoryState {
    mutating func apply(server change: ServerChange) {
        switch change {
        case .set(let server): servers[server.organization, default: [:]][server.name] = server
        case .remove(let organization, let name):
            servers[organization]?[name] = nil
            pinnedTools[organization]?[name] = nil
            serverLooks[organization]?[name] = nil
        case .pin(let organization, let tool):
            pinnedTools[organization, default: [:]][tool.server, default: [:]][tool.name] = tool
        case .look(let look): serverLooks[look.organization, default: [:]][look.server] = look
        }
    }
}

extension MemoryStore: ServerStore {
    public func servers(in organization: OrganizationID) async throws -> [RemoteServer] {
        state.withLock { ($0.servers[organization] ?? [:]).values.sorted { $0.name < $1.name } }
    }

    public func serverLooks(in organization: OrganizationID) async throws -> [ServerLook] {
        state.withLock { ($0.serverLooks[organization] ?? [:]).values.sorted { $0.server < $1.server } }
    }

    public func pinnedTools(of server: String, in organization: OrganizationID) async throws -> [PinnedTool] {
        state.withLock { ($0.pinnedTools[organization]?[server] ?? [:]).values.sorted { $0.name < $1.name } }
    }
}
