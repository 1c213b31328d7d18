import Authority
import Gate
import Registry
import Synchronization
import Testing
import Twins
import Wire

/// A client's change and somebody's yes to it, at once.
struct OAuthCrossingTests {
    /// A desk in whose change somebody says yes to the client, and the tokens that they get.
    private func crossing(_ stage: OAuthStage, _ client: RegisteredClient) -> (OAuthDesk, Issued) {
        let issued = Issued()
        return (stage.desk { issued.keep(try await stage.signIn(client)) }, issued)
    }

    private final class Issued: Sendable {
        private let kept = Mutex<IssuedTokens?>(nil)

        var tokens: IssuedTokens? { kept.withLock { $0 } }

        func keep(_ tokens: IssuedTokens) { kept.withLock { $0 = tokens } }
    }

    @Test func `a yes that comes while its client is revoked ends with it`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let (desk, issued) = crossing(stage, client)
        _ = try await desk.revoke(client.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        let tokens = try #require(issued.tokens)
        #expect(try await stage.holder(of: tokens.access) == nil)
    }

    @Test func `a yes that comes while its client's ceiling is lowered is cut back with it`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let (desk, issued) = crossing(stage, client)
        _ = try await desk.setCeiling(
            [.read], of: client.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        let tokens = try #require(issued.tokens)
        let holder = try #require(try await stage.holder(of: tokens.access))
        #expect(try await stage.store.token(holder.client)?.ceiling == [.read])
    }

    @Test func `many people may say yes to one client at once`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let questions = try await withThrowingTaskGroup(of: ConsentQuestion.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await stage.question(client.client.id, by: number.isMultiple(of: 2) ? "alice" : "bob")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for question in questions { _ = try await stage.desk.allow(question, [.read], shown: question.shown) }
        let living = try await stage.desk.grants(of: nil, by: client.client.id, in: OAuthStage.acme)
        #expect(living.count == 20)
    }

    @Test func `a yes to what has changed meanwhile is none`() async throws {
        let stage = try await OAuthStage()
        let client = try await stage.register()
        let question = try await stage.question(client.client.id)
        _ = try await stage.desk.setCeiling(
            [.read], of: client.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        let error = await #expect(throws: RegistryError.self) {
            _ = try await stage.desk.allow(question, [.read], shown: question.shown)
        }
        #expect(error?.code == .refused)
        #expect(try await stage.desk.grants(of: nil, by: client.client.id, in: OAuthStage.acme).isEmpty)
    }
}

extension OAuthStage {
    /// A desk in which something happens once, right after grants were read.
    func desk(after happening: @escaping @Sendable () async throws -> Void) -> OAuthDesk {
        OAuthDesk(
            administration: administration, store: CrossedStore(store: store, happening: happening),
            exchanges: store,
            documents: ClientDocuments(allowsLoopback: false, now: clock.world.now) { [box] in try box.fetch($0) },
            issuerKeys: keys, settings: desk.settings, sign: { _ in "signed" })
    }
}

private final class CrossedStore: OAuthStore {
    private let store: any OAuthStore
    private let happening: Mutex<(@Sendable () async throws -> Void)?>

    init(store: any OAuthStore, happening: @escaping @Sendable () async throws -> Void) {
        self.store = store
        self.happening = Mutex(happening)
    }

    func oauthGrants(
        in organization: OrganizationID, of person: PersonID?, by client: OAuthClientID?
    ) async throws -> [OAuthGrant] {
        let grants = try await store.oauthGrants(in: organization, of: person, by: client)
        let now = happening.withLock { happening in
            defer { happening = nil }
            return happening
        }
        try await now?()
        return grants
    }

    func oauthClient(_ id: OAuthClientID, in organization: OrganizationID) async throws -> OAuthClient? {
        try await store.oauthClient(id, in: organization)
    }

    func oauthClients(in organization: OrganizationID) async throws -> [OAuthClient] {
        try await store.oauthClients(in: organization)
    }

    func oauthGrant(_ id: ClientID) async throws -> OAuthGrant? { try await store.oauthGrant(id) }

    func oauthCode(_ hash: Digest) async throws -> OAuthCode? { try await store.oauthCode(hash) }

    func oauthToken(_ hash: Digest) async throws -> OAuthToken? { try await store.oauthToken(hash) }
}
