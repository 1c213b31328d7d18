import Authority
public import Gate
import Wire

/// Bearer tokens for `/mcp` and `/v1`, looked up by hash: those made by hand, and the access tokens of the authorization server.
public struct StoredTokens: TokenAuthentication {
    private let store: any RegistryStore
    private let grants: any OAuthStore
    private let commits: any Commits
    private let world: World
    private let known = EpochCache<Digest, Known>(bound: 20_000)

    private struct Known {
        let record: TokenRecord
        let expires: Timestamp
        let audience: String?
        let ceiling: EffectSet
    }

    public init(store: any RegistryStore, grants: any OAuthStore, commits: any Commits, world: World) {
        self.store = store
        self.grants = grants
        self.commits = commits
        self.world = world
    }

    public func client(bearing token: String) async throws -> AuthenticatedClient? {
        guard token.utf8.count < 200, let isGranted = StoredTokens.isGranted(token) else { return nil }
        // Looked up by the hash of 256 random bits: how long that takes says nothing about any stored token.
        let hash = TokenSecret.hash(of: token)
        guard let known = try await known(hash, isGranted), known.record.isAlive(at: world.now()),
            world.now() < known.expires
        else { return nil }
        return AuthenticatedClient(
            client: known.record.id, organization: known.record.organization, person: known.record.person,
            agents: known.record.agents, audience: known.audience, ceiling: known.ceiling,
            allowed: known.record.ceiling, surface: known.record.surface)
    }

    /// Whether it is an access token of the authorization server; nil for what is neither for `/mcp` nor for `/v1`.
    private static func isGranted(_ token: String) -> Bool? {
        if token.hasPrefix(TokenSecret.tokenPrefix) || token.hasPrefix(TokenSecret.apiPrefix) { return false }
        return token.hasPrefix(TokenSecret.accessPrefix) ? true : nil
    }

    private func known(_ hash: Digest, _ isGranted: Bool) async throws -> Known? {
        if let known = known.value(for: hash, under: commits) { return known }
        guard let id = try await find(hash, isGranted)?.record.id else { return nil }
        let scope = EpochScope.client(id)
        let reading = await commits.reading(scope)
        // Read again under the epoch, so that a revocation between the two can't be missed.
        guard let again = try await find(hash, isGranted) else { return nil }
        known.keep(again, for: hash, read: [reading])
        return again
    }

    private func find(_ hash: Digest, _ isGranted: Bool) async throws -> Known? {
        guard isGranted else {
            return try await store.token(hash: hash).map {
                Known(record: $0, expires: $0.expires, audience: nil, ceiling: .all)
            }
        }
        guard let token = try await grants.oauthToken(hash), token.kind == .access, !token.isUsed,
            let grant = try await grants.oauthGrant(token.grant), let record = try await store.token(token.grant)
        else { return nil }
        return Known(record: record, expires: token.expires, audience: grant.resource, ceiling: token.effects ?? .all)
    }
}
