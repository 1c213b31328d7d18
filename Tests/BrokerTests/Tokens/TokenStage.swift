import Authority
import Definition
import Gate
import Logging
import OAuth
import Testing
import Twins
import Vault
import Wire

@testable import Broker

/// One connection of Alice's with tokens from a strict server, and as many gateways as a test wants.
struct TokenStage {
    static let acme = OrganizationID("acme")
    static let alice = PersonClaim(person: PersonID("alice"), email: "alice@acme.test", subjects: [:])
    let store = MemoryStore()
    let clock = FakeWorld()
    let keys: KeyRing
    let fingerprints = Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes))
    let providers: ProviderShelf
    let apps: AppDesk

    /// - Parameter others: more providers of the same rules.
    init(rotation: String = "strict", introspection: Bool = true, others: [String] = []) async throws {
        keys = try KeyRing.ephemeral()
        let manifests = try (["drive"] + others).map { name in
            try ProviderManifest(
                reading: """
                    { provider: "\(name)", title: "Drive", origin: "https://\(name).test", credential: { kind: "bearer" },
                      oauth: { authorization: "https://\(name).test/authorize", token: "https://\(name).test/token",
                        revocation: "https://\(name).test/revoke",
                        \(introspection ? "introspection: \"https://\(name).test/introspect\"," : "")
                        refresh: { rotation: "\(rotation)", marginSeconds: 300, concurrency: 2 } },
                      account: { requests: [{ method: "GET", path: "/me" }], id: "/id" }, refusal: { code: "/error" },
                      tools: [] }
                    """, file: "\(name).json5")
        }
        providers = try ProviderShelf(manifests)
        apps = AppDesk(store: store, commits: store, keys: keys, providers: providers, world: clock.world)
        for name in ["drive"] + others { try await addApp(at: name) }
    }

    func addApp(at name: String = "drive", client: String = "deputy", of agent: String? = nil) async throws {
        var secret = Array("app-secret".utf8)
        _ = try await apps.add(
            ProviderID(name), in: TokenStage.acme, clientID: client, authentication: nil, secret: &secret,
            replaces: false, of: agent.map { AgentID($0) }, by: "test")
    }

    var new: NewConnection {
        NewConnection(
            organization: TokenStage.acme, owner: .person(TokenStage.alice.person), provider: ProviderID("drive"),
            agentOwner: nil, isSharedWithOwner: false, people: [TokenStage.alice], by: "test", under: [])
    }

    var desk: ConnectionDesk {
        ConnectionDesk(
            store: store, commits: store, errands: NoErrands(), keys: keys, fingerprints: fingerprints,
            providers: providers, world: clock.world)
    }

    func granted(
        access: String = "a1", refresh: String? = "r1", lifetime: Int64? = 3_600, account: String = "alice@acme.test",
        client: String = "deputy"
    ) -> Granted {
        Granted(
            provider: ProviderID("drive"), clientID: client,
            answer: TokenAnswer(
                access: .sample(access), refresh: refresh.map { .sample($0) }, scopes: ["read"],
                lifetime: lifetime),
            asked: clock.world.now(), requested: ["read"],
            account: UpstreamAccount(id: account, email: account, name: nil, scopes: nil))
    }

    func connect(lifetime: Int64? = 3_600, refresh: String? = "r1") async throws -> ConnectionRecord {
        try await desk.keep(granted(refresh: refresh, lifetime: lifetime), for: new)
    }

    /// One gateway.
    func keeper(
        _ server: any TokenErrands, commits: (any Commits)? = nil, leases: (any FreshLeases)? = nil,
        world: World? = nil,
        reading reads: (any TokenSetStore & ConnectionStore)? = nil
    ) -> TokenKeeper {
        TokenKeeper(
            store: reads ?? store, commits: commits ?? store, errands: server, accounts: NoErrands(), keys: keys,
            fingerprints: fingerprints, apps: apps, providers: providers, world: world ?? clock.world,
            people: { _ in [] }, leases: leases, pause: { _ in try? await Task.sleep(for: .milliseconds(1)) },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func source(_ keeper: TokenKeeper) -> SealedCredentials {
        SealedCredentials(
            store: store, commits: store, keys: keys, fingerprints: fingerprints, providers: providers, tokens: keeper)
    }

    /// What a request would carry.
    func token(_ use: ConnectionUse, by keeper: TokenKeeper, rejecting: Int64? = nil) async throws -> String {
        try await keeper.token(for: use, rejecting: rejecting).take().withBytes {
            String(decoding: $0, as: UTF8.self)
        }
    }

    func tokens(_ record: ConnectionRecord) async throws -> TokenSet {
        try #require(try await store.tokens(of: record.id))
    }

    func changes() async throws -> [String] {
        try await store.records(of: .organization(TokenStage.acme), from: 0, limit: 1000).compactMap {
            try JSON.parse($0.bytes)["change"]?.stringValue
        }
    }
}
