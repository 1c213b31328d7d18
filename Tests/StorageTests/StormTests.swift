import Authority
import Broker
import Definition
import Gate
import Logging
import OAuth
import Storage
import Synchronization
import Testing
import Twins
import Vault
import Wire

/// Everybody wants a token that has ended, at once: the engine of the gateways over their own store.
@Suite struct StormTests {
    private static let callers = 10_000
    private static let acme = OrganizationID("acme")
    private static let drive = ProviderID("drive")

    @Test(arguments: Database.allCases)
    func `10,000 callers of one ended token cause one request, and each of them has its successor`(
        _ database: Database
    ) async throws {
        let place = try await database.place()
        // Several processes share PostgreSQL; a file is one's own.
        let stores = try await open(place, database == .sqlite ? 1 : 5)
        let (clock, keys, server) = (FakeWorld(), try KeyRing.ephemeral(), OnceServer())
        let providers = try ProviderShelf([try StormTests.manifest()])
        let gateways = try stores.map { store in
            try Storming(store: store, clock: clock, keys: keys, providers: providers, server: server)
        }
        let use = try await gateways[0].connect().use
        clock.advance(seconds: 4_000)

        var answers: [String: Int] = [:]
        await withTaskGroup(of: String.self) { group in
            for number in 0..<StormTests.callers {
                let gateway = gateways[number % gateways.count]
                group.addTask {
                    server.wanted.withLock { $0 += 1 }
                    return await gateway.token(for: use)
                }
            }
            for await answer in group { answers[answer, default: 0] += 1 }
        }
        #expect(answers == ["a2": StormTests.callers])
        #expect(server.asked.withLock(\.self) == 1)
        #expect(server.wantedThen.withLock(\.self) == StormTests.callers, "all of them wait while it is asked")
        #expect(try await stores[0].tokens(of: use.facts.id)?.generation == 2)
        let renewed = try await stores[0].records(of: .organization(StormTests.acme), from: 0, limit: 1_000).filter {
            try JSON.parse($0.bytes)["change"] == "tokens.renewed"
        }
        #expect(renewed.count == 1)
        for store in stores { try await store.close() }
    }

    private func open(_ place: StorePlace, _ count: Int) async throws -> [SQLStore] {
        var stores: [SQLStore] = []
        for _ in 0..<count { stores.append(try await place.open()) }
        return stores
    }

    private static func manifest() throws -> ProviderManifest {
        try ProviderManifest(
            reading: """
                { provider: "drive", title: "Drive", origin: "https://drive.test", credential: { kind: "bearer" },
                  oauth: { authorization: "https://drive.test/authorize", token: "https://drive.test/token",
                    refresh: { rotation: "strict", marginSeconds: 300 } },
                  account: { requests: [{ method: "GET", path: "/me" }], id: "/id" }, tools: [] }
                """, file: "drive.json5")
    }

    /// One gateway's engine.
    private struct Storming: Sendable {
        let store: SQLStore
        let apps: AppDesk
        let connections: ConnectionDesk
        let source: SealedCredentials
        let clock: FakeWorld

        init(
            store: SQLStore, clock: FakeWorld, keys: KeyRing, providers: ProviderShelf, server: OnceServer
        ) throws {
            let fingerprints = Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes))
            self.store = store
            self.clock = clock
            apps = AppDesk(store: store, commits: store, keys: keys, providers: providers, world: clock.world)
            connections = ConnectionDesk(
                store: store, commits: store, errands: server, keys: keys, fingerprints: fingerprints,
                providers: providers, world: clock.world)
            let keeper = TokenKeeper(
                store: store, commits: store, errands: server, accounts: server, keys: keys,
                fingerprints: fingerprints, apps: apps, providers: providers, world: clock.world,
                people: { _ in [] }, leases: store.isShared ? store : nil,
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            source = SealedCredentials(
                store: store, commits: store, keys: keys, fingerprints: fingerprints, providers: providers,
                tokens: keeper)
        }

        func connect() async throws -> ConnectionRecord {
            var secret = Array("app-secret".utf8)
            _ = try await apps.add(
                drive, in: acme, clientID: "deputy", authentication: nil, secret: &secret, replaces: false, by: "test")
            let alice = PersonClaim(person: PersonID("alice"), email: "alice@acme.test", subjects: [:])
            return try await connections.keep(
                Granted(
                    provider: drive, clientID: "deputy", answer: OnceServer.answer(1), asked: clock.world.now(),
                    requested: ["read"],
                    account: UpstreamAccount(id: "u1", email: alice.email, name: nil, scopes: nil)),
                for: NewConnection(
                    organization: acme, owner: .person(alice.person), provider: drive, agentOwner: nil,
                    isSharedWithOwner: false, people: [alice], by: "test", under: []))
        }

        /// Whom the store has no room for within its time asks again.
        func token(for use: ConnectionUse) async -> String {
            for _ in 0..<20 {
                do throws(CredentialError) {
                    return try await source.credential(for: use, by: nil).secret.withBytes {
                        String(decoding: $0, as: UTF8.self)
                    }
                } catch .unreadable {
                    continue
                } catch {
                    return "\(error)"
                }
            }
            return "the store was never read"
        }
    }

    /// Answers its first request when everybody waits, and no other.
    private final class OnceServer: UnaskedTokenErrands, UnaskedErrands {
        let wanted = Mutex(0)
        let wantedThen = Mutex(0)
        let asked = Mutex(0)

        static func answer(_ number: Int) -> TokenAnswer {
            TokenAnswer(
                access: TokenText("a\(number)") ?? never, refresh: TokenText("r\(number)"), scopes: ["read"],
                lifetime: 3_600)
        }

        private static var never: TokenText { preconditionFailure("a token is visible ASCII") }

        func ask(
            _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
        ) async throws(TokenProblem) -> TokenAnswer {
            guard
                asked.withLock({
                    $0 += 1; return $0
                }) == 1
            else {
                throw .answered(TokenFailure(.dead, code: "invalid_grant", status: 400))
            }
            for _ in 0..<3_000 where wanted.withLock(\.self) < StormTests.callers {
                try? await Task.sleep(for: .milliseconds(10))
            }
            let count = wanted.withLock(\.self)
            wantedThen.withLock { $0 = count }
            return OnceServer.answer(2)
        }
    }
}
