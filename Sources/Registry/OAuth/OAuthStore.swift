public import Authority
public import Gate
public import Wire

/// Clients, grants, codes and tokens of the authorization server, for reading.
public protocol OAuthStore: Sendable {
    func oauthClient(_ id: OAuthClientID, in organization: OrganizationID) async throws -> OAuthClient?
    /// In the order in which they came, by id where they came at once.
    func oauthClients(in organization: OrganizationID) async throws -> [OAuthClient]
    func oauthGrant(_ id: ClientID) async throws -> OAuthGrant?
    /// All, or those of one person or one client, in the order in which they were given.
    func oauthGrants(
        in organization: OrganizationID, of person: PersonID?, by client: OAuthClientID?
    ) async throws -> [OAuthGrant]
    func oauthCode(_ hash: Digest) async throws -> OAuthCode?
    func oauthToken(_ hash: Digest) async throws -> OAuthToken?
}

/// What the authorization server changes in the store. An `add` of what exists refuses the transaction as `exists`.
public enum OAuthChange: StoredChange {
    case addClient(OAuthClient)
    /// Refused as `exists` when there is no such client.
    case replaceClient(OAuthClient)
    case addGrant(OAuthGrant)
    case addCode(OAuthCode)
    /// Refused as `exists` when the code was used before.
    case useCode(Digest)
    case addToken(OAuthToken)
    /// Refused as `exists` when the refresh token was used before.
    case useToken(Digest)
    /// Deletes what has expired until then, the oldest first: at most so many codes and tokens, so that no commit takes
    /// long.
    case forget(until: Timestamp, most: Int)
    /// Deletes the oldest clients of an organization that registered themselves and that nobody ever allowed anything, until
    /// there are at most so many of them.
    case keepUnused(OrganizationID, most: Int)
}
