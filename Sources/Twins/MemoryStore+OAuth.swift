public import Authority
public import Registry
import Synchronization
public import Wire

extension MemoryStore: OAuthStore {
    public func oauthClient(
        _ id: OAuthClientID, in organization: OrganizationID
    ) async throws -> OAuthClient? {
        state.withLock { $0.oauth.clients[OAuthState.ClientKey(organization: organization, id: id)] }
    }

    public func oauthClients(in organization: OrganizationID) async throws -> [OAuthClient] {
        state.withLock { state in
            state.oauth.clients.values.filter { $0.organization == organization }
                .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
        }
    }

    public func oauthGrant(_ id: ClientID) async throws -> OAuthGrant? { state.withLock { $0.oauth.grants[id] } }

    public func oauthGrants(
        in organization: OrganizationID, of person: PersonID?, by client: OAuthClientID?
    ) async throws -> [OAuthGrant] {
        state.withLock { state in
            state.oauth.grants.values.filter { grant in
                grant.organization == organization && (person.map { $0 == grant.person } ?? true)
                    && (client.map { $0 == grant.client } ?? true)
            }.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
        }
    }

    public func oauthCode(_ hash: Digest) async throws -> OAuthCode? { state.withLock { $0.oauth.codes[hash] } }

    public func oauthToken(_ hash: Digest) async throws -> OAuthToken? { state.withLock { $0.oauth.tokens[hash] } }
}
