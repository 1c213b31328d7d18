import Authority
import Broker
import Definition
import Gate
import Testing
import Twins
import Vault
import Wire

/// What changes while a provider is asked whose a credential is, and two settings at once.
struct CrossingTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let acme = OrganizationID("acme")
    private let gmail = ProviderID("gmail")

    private func add(
        _ owner: Owner, as account: String, while other: @escaping @Sendable () async -> Void
    ) async throws -> ConnectionRecord {
        let desk = ConnectionDesk(
            store: store, commits: store, errands: SlowErrands(account: account, meanwhile: other),
            keys: try KeyRing.ephemeral(), fingerprints: Fingerprints(key: [UInt8](repeating: 7, count: 32)),
            providers: try ProviderShelf(try BundledProviders.read()), world: clock.world)
        let unmoved = NewConnection.scopes(of: owner, in: acme).map {
            EpochReading(scope: $0, value: store.epoch(of: $0))
        }
        var secret = Array("a-secret".utf8)
        return try await desk.add(
            NewConnection(
                organization: acme, owner: owner, provider: gmail, agentOwner: PersonID("dana"),
                isSharedWithOwner: false,
                people: ["alice", "dana"].map {
                    PersonClaim(person: PersonID($0), email: "\($0)@acme.test", subjects: [:])
                }, by: "test", under: unmoved), secret: &secret)
    }

    @Test(arguments: [
        EpochScope.person(OrganizationID("acme"), PersonID("alice")), .organization(OrganizationID("acme")),
    ])
    func `no connection is made for somebody who leaves while the provider is asked`(scope: EpochScope) async throws {
        let store = store
        let error = await #expect(throws: BrokerError.self) {
            try await add(.person(PersonID("alice")), as: "alice@acme.test") {
                try? await store.commit(Transaction(bumps: [scope]))
            }
        }
        #expect(error?.message == "something else changed at the same time")
        #expect(try await store.connections(in: acme, of: nil).isEmpty)
    }

    @Test func `an account that a person connects as their own meanwhile isn't an agent's`() async throws {
        let (store, acme, gmail) = (store, acme, gmail)
        let scope = EpochScope.connections(acme, .person(PersonID("alice")), gmail)
        await #expect(throws: BrokerError.self) {
            try await add(.agent(AgentID("claw")), as: "team@acme.test") {
                try? await store.commit(Transaction(bumps: [scope]))
            }
        }
        #expect(try await store.connections(in: acme, of: nil).isEmpty)
        let record = try await add(.agent(AgentID("claw")), as: "team@acme.test") {}
        #expect(record.account == "team@acme.test")
    }

    @Test func `of two ways out that are set at once none is lost unnoticed`() async throws {
        let desk = NoticeDesk(store: store, keys: try KeyRing.ephemeral(), organization: acme, world: clock.world)
        for _ in 0..<20 {
            async let mail: Bool = {
                var password: [UInt8] = []
                return
                    (try? await desk.setMail(
                        "smtps://mail.test", from: "deputy@acme.test", password: &password, trusted: nil, by: "test"))
                    != nil
            }()
            async let webhook: Bool = {
                var secret: [UInt8] = []
                return (try? await desk.setWebhook("https://hooks.test/", secret: &secret, by: "test")) != nil
            }()
            let (isMailSet, isWebhookSet) = await (mail, webhook)
            let settings = try await desk.settings()
            #expect((settings.mail != nil) == isMailSet && (settings.webhook != nil) == isWebhookSet)
            if isMailSet { try await desk.remove(.mail, by: "test") }
            if isWebhookSet { try await desk.remove(.webhook, by: "test") }
        }
    }
}

/// A provider that says whose every credential is, after something else has happened.
private struct SlowErrands: UnaskedErrands {
    let account: String
    let meanwhile: @Sendable () async -> Void

    func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        await meanwhile()
        return UpstreamAnswer(status: 200, headers: [], body: Array(#"{"emailAddress":"\#(account)"}"#.utf8))
    }
}
