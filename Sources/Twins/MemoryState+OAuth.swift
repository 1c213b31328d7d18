import Authority
import Gate
import Registry
import Wire

/// What the authorization server keeps.
struct OAuthState: Sendable {
    struct ClientKey: Hashable {
        let organization: OrganizationID
        let id: OAuthClientID
    }

    var clients: [ClientKey: OAuthClient] = [:]
    var grants: [ClientID: OAuthGrant] = [:]
    var codes: [Digest: OAuthCode] = [:]
    var tokens: [Digest: OAuthToken] = [:]

    mutating func apply(_ change: OAuthChange) throws(CommitError) {
        switch change {
        case .addClient(let client):
            let key = ClientKey(organization: client.organization, id: client.id)
            if clients.updateValue(client, forKey: key) != nil { throw .exists(client.id.raw) }
        case .replaceClient(let client):
            let key = ClientKey(organization: client.organization, id: client.id)
            if clients.updateValue(client, forKey: key) == nil { throw .exists(client.id.raw) }
        case .addGrant(let grant):
            if grants.updateValue(grant, forKey: grant.id) != nil { throw .exists(grant.id.raw) }
        case .addCode(let code):
            if codes.updateValue(code, forKey: code.hash) != nil { throw .exists("code") }
        case .useCode(let hash):
            guard let code = codes[hash], !code.isUsed else { throw .exists("code") }
            codes[hash] = code.used
        case .addToken(let token):
            if tokens.updateValue(token, forKey: token.hash) != nil { throw .exists("token") }
        case .useToken(let hash):
            guard let token = tokens[hash], !token.isUsed else { throw .exists("token") }
            tokens[hash] = token.used
        case .forget(let until, let most): forget(until, most)
        case .keepUnused(let organization, let most): keepUnused(organization, most)
        }
    }

    private mutating func forget(_ until: Timestamp, _ most: Int) {
        let oldCodes = codes.values.filter { $0.expires <= until }.sorted {
            ($0.expires, $0.hash.hex) < ($1.expires, $1.hash.hex)
        }
        for code in oldCodes.prefix(most) { codes[code.hash] = nil }
        let oldTokens = tokens.values.filter { $0.expires <= until }.sorted {
            ($0.expires, $0.hash.hex) < ($1.expires, $1.hash.hex)
        }
        for token in oldTokens.prefix(most) { tokens[token.hash] = nil }
    }

    private mutating func keepUnused(_ organization: OrganizationID, _ most: Int) {
        let used = Set(grants.values.filter { $0.organization == organization }.map(\.client))
        let unused = clients.values.filter {
            $0.organization == organization && $0.origin == .dynamic && !$0.isRevoked && !used.contains($0.id)
        }.sorted { ($0.created, $0.id) > ($1.created, $1.id) }
        for client in unused.dropFirst(most) {
            clients[ClientKey(organization: organization, id: client.id)] = nil
        }
    }
}
