import Authority
import Broker
import Definition
import Foundation
import Gate
import Logging
import OAuth
import Storage
import Synchronization
import Vault
import Wire

/// A store with people who have an account each at one provider, connected through the desks, and a clock that goes on when
/// it is told to.
final class CredentialHome: Sendable {
    static let acme = OrganizationID("acme")
    static let depot = ProviderID("depot")

    let store: SQLStore
    let keys: KeyRing
    let errands = RotatingErrands()
    let desk: ConnectionDesk
    private let fingerprints: Fingerprints
    private let providers: ProviderShelf
    private let apps: AppDesk
    private let world: World
    private let clock = Clock()

    init(_ store: SQLStore) async throws {
        self.store = store
        keys = try KeyRing.ephemeral()
        fingerprints = Fingerprints(key: (0..<Fingerprints.keyBytes).map { UInt8($0) })
        providers = try ProviderShelf([
            try ProviderManifest(
                reading: """
                    { provider: "depot", title: "Depot", origin: "https://depot.test", credential: { kind: "bearer" },
                      oauth: { authorization: "https://depot.test/authorize", token: "https://depot.test/token",
                        refresh: { rotation: "strict" } },
                      account: { requests: [{ method: "GET", path: "/me" }], id: "/id" }, tools: [] }
                    """, file: "depot.json5")
        ])
        world = World(now: { [clock] in clock.now }, newID: { "\($0)_\(UUID().uuidString)" })
        apps = AppDesk(store: store, commits: store, keys: keys, providers: providers, world: world)
        desk = ConnectionDesk(
            store: store, commits: store, errands: errands, keys: keys, fingerprints: fingerprints,
            providers: providers, world: world)
        var secret = Array("app-secret".utf8)
        _ = try await apps.add(
            CredentialHome.depot, in: CredentialHome.acme, clientID: "bench", authentication: nil, secret: &secret,
            replaces: false, by: "bench")
    }

    private final class Clock: Sendable {
        private let ahead = Mutex<Int64>(0)

        var now: Timestamp {
            let ahead = ahead.withLock { $0 }
            return Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000) + ahead)
        }

        func advance(seconds: Int64) { ahead.withLock { $0 += seconds * 1_000_000 } }
    }

    func advance(seconds: Int64) { clock.advance(seconds: seconds) }

    static func person(_ number: Int) -> PersonID { PersonID("p\(number)") }

    /// Connects an account for each of these people, as the end of a connect flow does.
    func connect(_ people: Range<Int>) async throws {
        var next = people.lowerBound
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<64 where next < people.upperBound {
                group.addTask { [next] in try await self.connect(next) }
                next += 1
            }
            while try await group.next() != nil {
                guard next < people.upperBound else { continue }
                group.addTask { [next] in try await self.connect(next) }
                next += 1
            }
        }
    }

    private func connect(_ number: Int) async throws {
        let person = CredentialHome.person(number)
        let mail = "\(person)@acme.test"
        _ = try await desk.keep(
            Granted(
                provider: CredentialHome.depot, clientID: "bench", answer: try errands.tokens(), asked: world.now(),
                requested: ["read"], account: UpstreamAccount(id: mail, email: mail, name: nil, scopes: nil)),
            for: NewConnection(
                organization: CredentialHome.acme, owner: .person(person), provider: CredentialHome.depot,
                agentOwner: nil, isSharedWithOwner: false,
                people: [PersonClaim(person: person, email: mail, subjects: [:])], by: "bench", under: []))
    }

    var keyDesk: KeyDesk { KeyDesk(rows: store, commits: store, keys: keys, world: world) }

    /// A gateway that has read nothing yet.
    func gateway() -> CredentialGateway {
        let keeper = TokenKeeper(
            store: store, commits: store, errands: errands, accounts: errands, keys: keys, fingerprints: fingerprints,
            apps: apps, providers: providers, world: world, people: { _ in [] },
            log: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        return CredentialGateway(
            connections: StoredConnections(store: store, commits: store, world: world),
            credentials: SealedCredentials(
                store: store, commits: store, keys: keys, fingerprints: fingerprints, providers: providers,
                tokens: keeper))
    }
}

/// What a call asks of the broker: the facts of its person's connection, and the bytes of the one that was chosen.
struct CredentialGateway: Sendable {
    let connections: StoredConnections
    let credentials: SealedCredentials

    func use(of number: Int) async throws -> ConnectionUse {
        let found = try await connections.connections(
            of: .person(CredentialHome.person(number)), at: CredentialHome.depot, in: CredentialHome.acme)
        guard let use = found.connections.first, found.connections.count == 1 else {
            throw BenchError("a connection is missing")
        }
        return use
    }

    /// - Returns: how long the token is, so that nothing of it is left out.
    @discardableResult func resolve(_ number: Int) async throws -> Int {
        let use = try await use(of: number)
        return try await credentials.credential(for: use, by: nil).secret.count
    }
}
