import Authority
import Gate
import Registry
import Wire

extension AdministrationAPI {
    /// Nil for a route that there isn't.
    func route(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.first ?? "", path.count) {
        case ("GET", "organization", 1): return try await showOrganization()
        case ("POST", "stop", 1): return try await setStopped(true)
        case ("POST", "resume", 1): return try await setStopped(false)
        case (_, "people", _): return try await routePeople(request)
        case (_, "models", _): return try await routeModels(request)
        case (_, "messages", 1...3): return try await routeMessages(request.method, Array(path.dropFirst()))
        case (_, "groups", _): return try await routeGroups(request)
        case (_, "agents", _): return try await routeAgents(request)
        case (_, "tokens", _): return try await routeTokens(request)
        case (_, "clients", 1...2): return try await routeClients(request.method, path.dropFirst().first, request.body)
        case (_, "connections", _): return try await routeConnections(request)
        case (_, "choices", _): return try await routeChoices(request)
        case (_, "sessions", _): return try await routeSessions(request)
        case ("GET", "orders", 2): return try await showOrders(of: AgentID(path[1]))
        case ("POST", "orders", 3) where path[2] == "take": return try await takeOrders(of: AgentID(path[1]))
        case (_, "schedules", 1...4): return try await routeSchedules(request.method, path, request.query, request.body)
        case (_, "servers", _): return try await routeServers(request)
        case (_, "tools", _): return try await routeTools(request)
        case ("POST", "plan", 1): return try await plan(request.body)
        case ("POST", "apply", 1): return try await apply(request.body)
        case (_, "senders", _): return try await routeSenders(request)
        case (_, "channels", 1...4): return try await routeChannels(request.method, path, request.body)
        case ("GET", "bindings", 1): return try await listBindings()
        case ("POST", "bindings", 2) where path[1] == "explain": return try await explainBindings(request.body)
        case ("GET", "drift", 1): return try await showDrift()
        case ("GET", "export", 1): return try await administration.export(organization)
        case ("POST", "logins", 1): return try await makeLogin(request.body)
        case (_, "issuers", _): return try await routeIssuers(request)
        case (_, "apps", _): return try await routeApps(request)
        case (_, "sign-in", _): return try await routeSignIn(request)
        case ("GET", "approvals", 1): return try await listApprovals(request.query)
        case ("GET", "approvals", 2): return try await showApproval(ApprovalID(path[1]))
        case (_, "notices", _): return try await routeNotices(request)
        case (_, "keys", _): return try await routeKeys(request)
        case ("POST", "backup", 1): return try await backUp(request.body)
        case ("POST", "explain", 1): return try await explain(request.body)
        case ("GET", "status", 1): return await status()
        case ("GET", "doctor", 1): return ["findings": .array(await doctor().map(\.json))]
        case (_, "ledger", _): return try await routeLedger(request)
        case (_, "calls", _): return try await routeCalls(request)
        default: return nil
        }
    }
}
