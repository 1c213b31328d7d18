import Authority
import Wire

extension AdministrationAPI {
    func routePeople(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listPeople()
        case ("POST", 1): return try await addPerson(request.body)
        case ("GET", 2): return try await showPerson(PersonID(path[1]))
        case ("POST", 3) where path[2] == "suspend": return try await suspendPerson(PersonID(path[1]))
        case ("POST", 3) where path[2] == "resume": return try await resumePerson(PersonID(path[1]))
        case ("POST", 3) where path[2] == "erase": return try await erasePerson(PersonID(path[1]))
        case ("POST", 4) where path[2] == "roles": return try await setRole(path[3], of: PersonID(path[1]), true)
        case ("DELETE", 4) where path[2] == "roles": return try await setRole(path[3], of: PersonID(path[1]), false)
        case ("POST", 3) where path[2] == "offboard": return try await offboardPerson(PersonID(path[1]), request.body)
        default: return nil
        }
    }

    func routeGroups(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listGroups()
        case ("POST", 1): return try await addGroup(request.body)
        case ("GET", 2): return try await showGroup(GroupID(path[1]))
        case ("DELETE", 2): return try await removeGroup(GroupID(path[1]))
        case ("POST", 4) where path[2] == "members": return try await addMember(PersonID(path[3]), to: GroupID(path[1]))
        case ("DELETE", 4) where path[2] == "members":
            return try await removeMember(PersonID(path[3]), from: GroupID(path[1]))
        default: return nil
        }
    }

    func routeTokens(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listTokens()
        case ("POST", 1): return try await createToken(request.body)
        case ("POST", 2) where path[1] == "take-up": return try await takeUp(request.body)
        case ("DELETE", 2): return try await revokeToken(ClientID(path[1]))
        default: return nil
        }
    }

    func routeSessions(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listSessions()
        case ("GET", 2) where path[1] == "retention": return try await showKeeping()
        case ("POST", 2) where path[1] == "retention": return try await keepTranscripts(request.body)
        case ("GET", 2): return try await showSession(path[1])
        case ("POST", 2) where path[1] == "clear": return try await clearSessions(request.body)
        case ("POST", 2) where path[1] == "reset": return try await resetSession(request.body)
        default: return nil
        }
    }

    func routeSenders(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listSenders()
        case ("POST", 1): return try await linkSender(request.body)
        case ("POST", 2) where path[1] == "unlink": return try await unlinkSender(request.body)
        case ("POST", 2) where path[1] == "erase": return try await eraseSender(request.body)
        default: return nil
        }
    }

    func routeIssuers(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await listIssuers()
        case ("POST", 1): return try await addIssuer(request.body)
        case ("DELETE", 2): return try await removeIssuer(path[1])
        default: return nil
        }
    }

    func routeSignIn(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1): return try await showSignIn()
        case ("POST", 1): return try await addSignInProvider(request.body)
        case ("DELETE", 2): return try await removeSignInProvider(path[1])
        case ("POST", 2) where path[1] == "links": return try await allowLinks(request.body)
        case ("POST", 2) where path[1] == "logins": return try await linkLogin(request.body)
        case ("POST", 3) where path[1] == "logins" && path[2] == "unlink": return try await unlinkLogin(request.body)
        default: return nil
        }
    }
}
