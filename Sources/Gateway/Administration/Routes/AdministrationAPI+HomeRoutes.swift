import Wire

extension AdministrationAPI {
    func routeNotices(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await showNotices()
        case ("POST", 2) where path[1] == "mail": return try await setNoticeMail(request.body)
        case ("POST", 2) where path[1] == "webhook": return try await setNoticeWebhook(request.body)
        case ("POST", 2) where path[1] == "test": return try await testNotices(request.body)
        case ("DELETE", 2): return try await removeNoticeRoute(path[1])
        default: return nil
        }
    }

    func routeKeys(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listKeys()
        case ("POST", 2) where path[1] == "add": return try await addKey()
        case ("POST", 2) where path[1] == "rotate": return try await rotateKeys()
        case ("POST", 2) where path[1] == "reseal": return try await resealRows()
        case ("POST", 2) where path[1] == "verify": return try await verifyVault()
        case ("DELETE", 2): return try await retireKey(path[1])
        default: return nil
        }
    }

    func routeLedger(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await ledger.trees()
        case ("GET", 3) where path[2] == "find": return try await ledger.find(in: path[1], request.query)
        case ("GET", 3) where path[2] == "proof": return try await ledger.proof(in: path[1], request.query)
        case ("GET", 3) where path[2] == "growth": return try await ledger.growth(of: path[1], request.query)
        case ("GET", 3) where path[2] == "checkpoints": return try await ledger.checkpoints(of: path[1])
        case ("GET", 2): return try await ledger.records(of: path[1], request.query)
        case ("POST", 2) where path[1] == "verify": return try await ledger.verify()
        default: return nil
        }
    }

    func routeCalls(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 2) where path[1] == "unknown": return try await listUnknownCalls()
        case ("POST", 3) where path[2] == "settle": return try await settleCall(path[1], request.body)
        case ("GET", 2): return try await showCall(path[1])
        default: return nil
        }
    }
}
