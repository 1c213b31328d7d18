import Authority
import Registry
import Twins
import Wire

extension SimulatedStore: OAuthStore {
    func oauthClient(_ id: OAuthClientID, in organization: OrganizationID) async throws -> OAuthClient? {
        try await read(.registry) { try await $0.oauthClient(id, in: organization) }
    }
    func oauthClients(in organization: OrganizationID) async throws -> [OAuthClient] {
        try await read(.registry) { try await $0.oauthClients(in: organization) }
    }
    func oauthGrant(_ id: ClientID) async throws -> OAuthGrant? {
        try await read(.registry) { try await $0.oauthGrant(id) }
    }
    func oauthGrants(
        in organization: OrganizationID, of person: PersonID?, by client: OAuthClientID?
    ) async throws -> [OAuthGrant] {
        try await read(.registry) { try await $0.oauthGrants(in: organization, of: person, by: client) }
    }
    func oauthCode(_ hash: Digest) async throws -> OAuthCode? {
        try await read(.registry) { try await $0.oauthCode(hash) }
    }
    func oauthToken(_ hash: Digest) async throws -> OAuthToken? {
        try await read(.registry) { try await $0.oauthToken(hash) }
    }
}
