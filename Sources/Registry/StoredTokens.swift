import Authority
public import Gate
import Wire

/// Bearer tokens for `/mcp`, looked up by hash.
public struct StoredTokens: TokenAuthentication {
    private let store: any RegistryStore
    private let commits: any Commits
    private let world: World
    private let known = EpochCache<Digest, TokenRecord>(bound: 20_000)

    public init(store: any RegistryStore, commits: any Commits, world: World) {
        self.store = store
        self.commits = commits
        self.world = world
    }

    public func client(bearing token: String) async throws -> AuthenticatedClient? {
        guard token.hasPrefix(TokenSecret.tokenPrefix), token.utf8.count < 200 else { return nil }
        // Looked up by the hash of 256 random bits: how long that takes says nothing about any stored token.
        let hash = TokenSecret.hash(of: token)
        guard let record = try await record(of: hash), record.state == .active, world.now() < record.expires else {
            return nil
        }
        return AuthenticatedClient(
            client: record.id, organization: record.organization, person: record.person, agents: record.agents)
    }

    private func record(of hash: Digest) async throws -> TokenRecord? {
        if let record = known.value(for: hash, under: commits) { return record }
        guard let record = try await store.token(hash: hash) else { return nil }
        let scope = EpochScope.client(record.id)
        let reading = EpochReading(scope: scope, value: commits.epoch(of: scope))
        // Read again under the epoch, so that a revocation between the two can't be missed.
        guard let again = try await store.token(hash: hash) else { return nil }
        known.keep(again, for: hash, read: [reading])
        return again
    }
}
