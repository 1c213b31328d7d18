import Authority
import Broker
import Definition
import Gate
import Testing
import Twins
import Vault
import Wire

struct CredentialTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let organization = OrganizationID("acme")
    private let keys: KeyRing
    private let fingerprints = Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes))
    private let providers: ProviderShelf

    init() throws {
        keys = try KeyRing.ephemeral()
        providers = try ProviderShelf(try BundledProviders.read())
    }

    private var source: SealedCredentials {
        SealedCredentials(
            store: store, commits: store, keys: keys, fingerprints: fingerprints, providers: providers, tokens: nil)
    }

    private func desk(_ errands: FakeErrands) -> ConnectionDesk {
        ConnectionDesk(
            store: store, commits: store, errands: errands, keys: keys, fingerprints: fingerprints,
            providers: providers, world: clock.world)
    }

    private static let people = ["alice", "bob", "dana"].map {
        PersonClaim(person: PersonID($0), email: "\($0)@acme.test", subjects: [:])
    }

    private func connect(
        _ owner: Owner, as account: String, agentOwner: PersonID? = nil, shared: Bool = false,
        secret: String = "secret-of-somebody"
    ) async throws -> ConnectionRecord {
        var bytes = Array(secret.utf8)
        let record = try await desk(FakeErrands(account: account)).add(
            NewConnection(
                organization: organization, owner: owner, provider: ProviderID("gmail"), agentOwner: agentOwner,
                isSharedWithOwner: shared, people: CredentialTests.people, by: "test",
                under: []), secret: &bytes)
        #expect(bytes.allSatisfy { $0 == 0 })
        return record
    }

    private func text(_ use: ConnectionUse, from used: SealedCredentials? = nil) async throws -> String {
        let credential = try await (used ?? source).credential(for: use, by: nil)
        return credential.secret.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a credential comes back for exactly the connection that was made`() async throws {
        let record = try await connect(.person(PersonID("alice")), as: "alice@acme.test", secret: "alices-secret")
        #expect(try await text(record.use) == "alices-secret")
        #expect(record.account == "alice@acme.test")
    }

    @Test func `somebody else's account is refused and nothing is kept`() async throws {
        let error = await #expect(throws: BrokerError.self) {
            try await connect(.person(PersonID("alice")), as: "bob@acme.test")
        }
        #expect(error?.code == .refused)
        #expect(try await store.connections(in: organization, of: nil).isEmpty)
    }

    @Test func `an agent can't take a person's account unless its owner shares their own`() async throws {
        let agent = Owner.agent(AgentID("email"))
        for (account, shared) in [("alice@acme.test", false), ("alice@acme.test", true), ("dana@acme.test", false)] {
            await #expect(throws: BrokerError.self) {
                try await connect(agent, as: account, agentOwner: PersonID("dana"), shared: shared)
            }
        }
        // Dana's word isn't Bob's, who has connected it as his own.
        var secret = Array("bobs".utf8)
        let claim = PersonClaim(person: PersonID("bob"), email: "dana@acme.test", subjects: [:])
        let bobs = try await desk(FakeErrands(account: "dana@acme.test")).add(
            NewConnection(
                organization: organization, owner: .person(PersonID("bob")), provider: ProviderID("gmail"),
                agentOwner: nil, isSharedWithOwner: false, people: [claim], by: "test", under: []), secret: &secret)
        await #expect(throws: BrokerError.self) {
            try await connect(agent, as: "dana@acme.test", agentOwner: PersonID("dana"), shared: true)
        }
        _ = try await desk(FakeErrands(account: "")).revoke(bobs.id, in: organization, by: "test")
        let kept = try await connect(agent, as: "dana@acme.test", agentOwner: PersonID("dana"), shared: true)
        #expect(kept.owner == agent)
        let changes = try await store.records(of: .organization(organization), from: 0, limit: 99).compactMap {
            try JSON.parse($0.bytes)["change"]?.stringValue
        }
        #expect(changes.last == "connection.added-shared-with-owner")
        _ = try await connect(agent, as: "bot@elsewhere.example", agentOwner: PersonID("dana"))
    }

    @Test func `a secret that is moved under another owner doesn't open`() async throws {
        let alice = try await connect(.person(PersonID("alice")), as: "alice@acme.test", secret: "alices-secret")
        let bob = try await connect(.person(PersonID("bob")), as: "bob@acme.test", secret: "bobs-secret")
        let swapped = ConnectionRecord(
            id: ConnectionID("con_swapped"), organization: organization, owner: alice.owner, provider: alice.provider,
            origin: alice.origin, kind: alice.kind, account: alice.account, accountName: alice.accountName,
            email: alice.email, scopes: alice.scopes, generation: alice.generation, fingerprint: bob.fingerprint,
            sealed: bob.sealed, health: .healthy, created: alice.created)
        try await store.commit(Transaction(changes: [BrokerChange.add(swapped)]))
        let error = await #expect(throws: CredentialError.self) { try await text(swapped.use) }
        #expect(error?.fault == .misplaced)
    }

    @Test func `a permit for another generation, host or owner gets nothing`() async throws {
        let record = try await connect(.person(PersonID("alice")), as: "alice@acme.test")
        let facts = record.use.facts
        let stranger = ConnectionFacts(
            id: facts.id, provider: facts.provider, owner: .person(PersonID("bob")), host: facts.host,
            account: facts.account, scopes: facts.scopes, health: .healthy)
        let wrong = [
            ConnectionUse(
                facts: facts, organization: organization, generation: 2, fingerprint: record.fingerprint,
                origin: record.origin),
            ConnectionUse(
                facts: facts, organization: organization, generation: 1, fingerprint: record.fingerprint,
                origin: "https://evil.example"),
            ConnectionUse(
                facts: stranger, organization: organization, generation: 1, fingerprint: record.fingerprint,
                origin: record.origin),
            ConnectionUse(
                facts: facts, organization: organization, generation: 1, fingerprint: "fp_other", origin: record.origin),
        ]
        for use in wrong { await #expect(throws: CredentialError.notAsJudged) { try await text(use) } }
        let leaf = try await store.records(of: .organization(organization), from: 1, limit: 1).map {
            try JSON.parse($0.bytes)
        }.first
        #expect(leaf?["generation"]?.integerValue == 1)
        #expect(leaf?["fingerprint"]?.stringValue == record.fingerprint)
    }

    @Test func `revoking destroys the secret and moves the epoch`() async throws {
        let record = try await connect(.person(PersonID("alice")), as: "alice@acme.test")
        let scope = EpochScope.connections(organization, record.owner, record.provider)
        let before = store.epoch(of: scope)
        _ = try await desk(FakeErrands(account: "")).revoke(record.id, in: organization, by: "test")
        #expect(store.epoch(of: scope) == before + 1)
        #expect(try await store.connection(record.id)?.sealed.isEmpty == true)
        await #expect(throws: CredentialError.gone) { try await text(record.use) }
    }

    @Test func `a credential that was used before is refused once its connection is revoked`() async throws {
        let record = try await connect(.person(PersonID("alice")), as: "alice@acme.test", secret: "alices-secret")
        let source = source
        for _ in 0..<2 { #expect(try await text(record.use, from: source) == "alices-secret") }
        _ = try await desk(FakeErrands(account: "")).revoke(record.id, in: organization, by: "test")
        await #expect(throws: CredentialError.gone) { try await text(record.use, from: source) }
    }

    @Test func `a credential that was used before opens after the vault's keys were changed`() async throws {
        let record = try await connect(.person(PersonID("alice")), as: "alice@acme.test", secret: "alices-secret")
        let source = source
        #expect(try await text(record.use, from: source) == "alices-secret")
        let old = keys.activeKey
        _ = try keys.rotate()
        let row = SealedRow(kind: .connection, id: record.id.raw, bytes: record.sealed)
        let rewrapped = try keys.rewrap(SealedSecret(bytes: record.sealed)).bytes
        try await store.commit(Transaction(changes: [VaultChange.replace(row, with: rewrapped)]))
        try keys.retire(old)
        #expect(try await text(record.use, from: source) == "alices-secret")
    }

    @Test func `a credential that the provider refuses is broken until it is made again`() async throws {
        let record = try await connect(.person(PersonID("alice")), as: "alice@acme.test")
        let source = StoredConnections(store: store, commits: store, world: clock.world)
        let healthy = try await source.connections(of: record.owner, at: record.provider, in: organization)
        #expect(healthy.connections.map(\.facts.health) == [.healthy])
        await source.wasRefused(record.use)
        let broken = try await source.connections(of: record.owner, at: record.provider, in: organization)
        #expect(broken.connections.map(\.facts.health) == [.broken])
        #expect(broken.epoch != healthy.epoch)
    }
}

/// A provider that says whose every credential is.
private struct FakeErrands: UnaskedErrands {
    let account: String

    func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        UpstreamAnswer(status: 200, headers: [], body: Array(#"{"emailAddress":"\#(account)"}"#.utf8))
    }
}
