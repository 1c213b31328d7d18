import Authority
import Wire

extension AdministrationAPI {
    func routeConnections(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listConnections()
        case ("GET", 2) where path[1] == "attention": return try await showAttention()
        case ("GET", 2) where path[1] == "unused-scopes": return try await showUnusedScopes(request.query)
        case ("POST", 1): return try await addConnection(request.body)
        case ("POST", 2) where path[1] == "connect": return try await connectByPage(request.body)
        case ("POST", 2) where path[1] == "client-credentials": return try await connectOurselves(request.body)
        case ("POST", 2) where path[1] == "assertion": return try await connectAsserted(request.body)
        case ("POST", 2) where path[1] == "service-account": return try await connectServiceAccount(request.body)
        case ("POST", 2) where path[1] == "device": return try await beginDevice(request.body)
        case ("POST", 3) where path[1] == "device" && path[2] == "answer": return try await askDevice(request.body)
        case ("POST", 3) where path[1] == "device" && path[2] == "keep": return try await keepDevice(request.body)
        case ("POST", 3) where path[1] == "device" && path[2] == "drop": return try await dropDevice(request.body)
        case ("POST", 3) where path[2] == "rotate":
            return try await rotateConnection(ConnectionID(path[1]), request.body)
        case ("POST", 3) where path[2] == "widen": return try await widenConnection(ConnectionID(path[1]))
        case ("DELETE", 2): return try await revokeConnection(ConnectionID(path[1]))
        default: return nil
        }
    }

    func routeChoices(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listChoices()
        case ("POST", 1): return try await chooseAccount(request.body)
        case ("POST", 2) where path[1] == "take-back": return try await takeBackChoice(request.body)
        default: return nil
        }
    }

    func routeApps(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listApps()
        case ("POST", 1): return try await addApp(request.body)
        case ("POST", 3) where path[2] == "rotate": return try await rotateApp(ProviderID(path[1]), request.body)
        case ("DELETE", 2): return try await removeApp(path[1], of: nil)
        case ("DELETE", 3): return try await removeApp(path[1], of: path[2])
        default: return nil
        }
    }
}
