import Authority
import Wire

extension AdministrationAPI {
    func routeModels(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listModels()
        case ("POST", 1): return try await putModel(request.body)
        case ("DELETE", 2): return try await removeModel(path[1], of: nil)
        case ("DELETE", 3): return try await removeModel(path[2], of: AgentID(path[1]))
        default: return nil
        }
    }

    func routeAgents(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("POST", 3) where path[2] == "edit": return try await editAgent(AgentID(path[1]), request.body)
        case ("GET", 3) where path[2] == "shares": return try await listShares(of: AgentID(path[1]))
        case ("POST", 3) where path[2] == "shares": return try await share(AgentID(path[1]), request.body)
        case ("POST", 3) where path[2] == "unshare": return try await unshare(AgentID(path[1]), request.body)
        case ("GET", 1): return try await listAgents()
        case ("POST", 1): return try await addAgent(request.body)
        case ("GET", 2): return try await showAgent(AgentID(path[1]))
        case ("POST", 3) where path[2] == "identity": return try await setIdentity(of: AgentID(path[1]), request.body)
        case ("POST", 3) where path[2] == "workspace": return try await writeWorkspace(AgentID(path[1]), request.body)
        case ("POST", 3) where path[2] == "clone": return try await clone(AgentID(path[1]), request.body)
        case ("POST", 3) where path[2] == "suspend": return try await setStanding(AgentID(path[1]), .suspended)
        case ("POST", 3) where path[2] == "resume": return try await setStanding(AgentID(path[1]), .active)
        default: return nil
        }
    }

    func routeServers(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listServers()
        case ("POST", 1): return try await addServer(request.body)
        case ("POST", 3) where path[2] == "refresh": return try await refreshServer(path[1], request.body)
        case ("POST", 3) where path[2] == "authorize": return try await authorizeServer(path[1], request.body)
        case ("DELETE", 2): return try await removeServer(path[1])
        default: return nil
        }
    }

    func routeTools(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listTools()
        case ("GET", 2): return try await showTool(path[1])
        case ("POST", 3) where path[2] == "release": return try await releaseTool(path[1], request.body)
        default: return nil
        }
    }
}
