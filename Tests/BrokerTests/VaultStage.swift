import Authority
import Broker
import Definition
import Gate
import Synchronization
import Testing
import Twins
import Vault
import Wire

/// A store with connections of two people and an agent, and everything that looks after their seals.
struct VaultStage {
    static let acme = OrganizationID("acme")
    let store = MemoryStore()
    let clock = FakeWorld()
    /// What the desk had egress forget.
    let forgotten = Forgotten()
    let keys: KeyRing
    let providers: ProviderShelf
    let fingerprints = Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes))

    init(_ keys: KeyRing? = nil) throws {
        self.keys = try keys ?? KeyRing.ephemeral()
        providers = try ProviderShelf(try BundledProviders.read())
    }

    var keyDesk: KeyDesk { KeyDesk(rows: store, commits: store, keys: keys, world: clock.world) }

    static let signing = LedgerKeys(name: "vault.test", seed: [UInt8](repeating: 3, count: 32))

    var audit: VaultAudit {
        VaultAudit(
            connections: store, ledger: store, commits: store, keys: keys, signing: VaultStage.signing,
            world: clock.world)
    }

    var desk: ConnectionDesk { desk(saying: "") }

    func desk(saying account: String) -> ConnectionDesk {
        ConnectionDesk(
            store: store, commits: store, errands: SayingErrands(account: account, forgotten: forgotten), keys: keys,
            fingerprints: fingerprints, providers: providers, world: clock.world)
    }

    func connect(_ person: String, secret: String) async throws -> ConnectionRecord {
        var bytes = Array(secret.utf8)
        return try await desk(saying: "\(person)@acme.test").add(
            NewConnection(
                organization: VaultStage.acme, owner: .person(PersonID(person)), provider: ProviderID("gmail"),
                agentOwner: nil, isSharedWithOwner: false,
                people: [PersonClaim(person: PersonID(person), email: "\(person)@acme.test", subjects: [:])],
                by: "test",
                under: []),
            secret: &bytes)
    }

    /// What a request with this connection would carry.
    func secret(of use: ConnectionUse) async throws -> String {
        let source = SealedCredentials(
            store: store, commits: store, keys: keys, fingerprints: fingerprints, providers: providers, tokens: nil)
        return try await source.credential(for: use, by: nil).secret.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    func row(_ id: ConnectionID) async throws -> ConnectionRecord { try #require(try await store.connection(id)) }

    func changes(in tree: TreeID) async throws -> [String] {
        try await store.records(of: tree, from: 0, limit: 1000).compactMap {
            try JSON.parse($0.bytes)["change"]?.stringValue
        }
    }
}

/// A provider that says whose every credential is.
private struct SayingErrands: UnaskedErrands {
    let account: String
    let forgotten: Forgotten

    func forget(_ connection: ConnectionID) { forgotten.note(connection) }

    func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        UpstreamAnswer(status: 200, headers: [], body: Array(#"{"emailAddress":"\#(account)"}"#.utf8))
    }
}

extension CredentialError {
    /// What is wrong with the seal, where that is the reason.
    var fault: VaultError.Code? {
        switch self {
        case .sealBroken(let error): error.code
        case .gone, .notAsJudged, .unreadable, .expired, .notRenewed: nil
        }
    }
}

final class Forgotten: Sendable {
    private let ids = Mutex<[ConnectionID]>([])

    var all: [ConnectionID] { ids.withLock { $0 } }

    func note(_ id: ConnectionID) { ids.withLock { $0.append(id) } }
}
