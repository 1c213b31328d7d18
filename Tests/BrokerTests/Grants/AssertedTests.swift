import Authority
import Broker
import Gate
import Logging
import OAuth
import Synchronization
import Testing
import Twins
import Vault
import Wire

/// Tokens by an assertion of our app's key, about a connection's owner.
struct AssertedTests {
    private static let alice = Owner.person(PersonID("alice"))

    private static func stage(_ email: String) async throws -> GrantStage {
        let stage = try GrantStage()
        _ = try await stage.apps.add(
            GrantStage.depot, in: GrantStage.acme, clientID: "client-1",
            key: try ClientKey(pem: GrantStage.key, id: "k", place: "k.pem"), replaces: false, by: "test")
        stage.server.state.withLock { $0.account = #"{"id": "u-7", "email": "\#(email)"}"# }
        stage.server.answer(200, #"{"access_token": "access-1", "token_type": "Bearer", "expires_in": 3600}"#)
        return stage
    }

    private static func claims(_ stage: GrantStage) throws -> [JSON] {
        try stage.server.asked.map { asked in
            let fields = asked.split(separator: " ", maxSplits: 1)[1].split(separator: "&")
            let assertion = try #require(fields.first { $0.hasPrefix("assertion=") }).dropFirst("assertion=".count)
            return try JSON.parse(try #require(Base64.decodeURL(String(assertion.split(separator: ".")[1]))))
        }
    }

    private static func credential(
        _ row: ConnectionRecord, _ stage: GrantStage, people: [String: String]
    ) async throws -> String {
        let keeper = TokenKeeper(
            store: stage.store, commits: stage.store, errands: stage.server, accounts: stage.server, keys: stage.keys,
            fingerprints: stage.fingerprints, apps: stage.apps, providers: stage.providers, world: stage.clock.world,
            people: { _ in people.map { PersonClaim(person: PersonID($0), email: $1, subjects: [:]) } },
            pause: { _ in await Task.yield() },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let source = SealedCredentials(
            store: stage.store, commits: stage.store, keys: stage.keys, fingerprints: stage.fingerprints,
            providers: stage.providers, tokens: keeper)
        return try await source.credential(for: row.use, by: nil).secret.withBytes {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test func `a person's is about that person, then and later`() async throws {
        let stage = try await AssertedTests.stage("alice@acme.test")
        let row = try await stage.desk.addAsserted(GrantStage.new(AssertedTests.alice), as: nil, scopes: [])
        #expect(row.owner == AssertedTests.alice && row.email == "alice@acme.test")
        stage.clock.advance(seconds: 4_000)
        stage.server.answer(200, #"{"access_token": "access-2", "token_type": "Bearer", "expires_in": 3600}"#)
        #expect(try await AssertedTests.credential(row, stage, people: ["alice": "Alice@acme.test"]) == "access-2")
        let claims = try AssertedTests.claims(stage)
        #expect(claims.map { $0["sub"] } == ["alice@acme.test", "alice@acme.test"])
        #expect(claims.allSatisfy { $0["iss"] == "client-1" && $0["aud"] == "https://id.depot.test" })
        #expect(claims[0]["jti"] != claims[1]["jti"])
    }

    /// She left, or has another address, which may be somebody else's by now.
    @Test(arguments: [
        ["dana": "dana@acme.test"], ["alice": "alice.b@acme.test", "dana": "dana@acme.test"],
        ["alice": "alice.b@acme.test", "dana": "alice@acme.test"],
    ])
    func `who hasn't this address any more is asserted no more`(_ people: [String: String]) async throws {
        let stage = try await AssertedTests.stage("alice@acme.test")
        let row = try await stage.desk.addAsserted(GrantStage.new(AssertedTests.alice), as: nil, scopes: [])
        stage.clock.advance(seconds: 4_000)
        await #expect(throws: CredentialError.expired) {
            try await AssertedTests.credential(row, stage, people: people)
        }
        #expect(stage.server.asked.count == 1)
        #expect(try await stage.store.connection(row.id)?.health == .broken)
    }

    @Test func `an address that the provider gave to another account opens nothing`() async throws {
        let stage = try await AssertedTests.stage("alice@acme.test")
        let row = try await stage.desk.addAsserted(GrantStage.new(AssertedTests.alice), as: nil, scopes: [])
        stage.clock.advance(seconds: 4_000)
        stage.server.state.withLock { $0.account = #"{"id": "u-8", "email": "alice@acme.test"}"# }
        stage.server.answer(200, #"{"access_token": "access-2", "token_type": "Bearer", "expires_in": 3600}"#)
        await #expect(throws: CredentialError.expired) {
            try await AssertedTests.credential(row, stage, people: ["alice": "alice@acme.test"])
        }
        #expect(try await stage.store.connection(row.id)?.health == .broken)
        let broken = try await stage.leaves().filter { $0["change"] == "connection.broken" }
        #expect(broken.map { $0["because"] } == ["other_account"])
    }

    @Test func `whose a new token is has to be known before it is used`() async throws {
        let stage = try await AssertedTests.stage("alice@acme.test")
        let row = try await stage.desk.addAsserted(GrantStage.new(AssertedTests.alice), as: nil, scopes: [])
        stage.clock.advance(seconds: 4_000)
        stage.server.state.withLock { $0.accountStatus = 503 }
        stage.server.answer(200, #"{"access_token": "access-2", "token_type": "Bearer", "expires_in": 3600}"#)
        await #expect(throws: CredentialError.self) {
            try await AssertedTests.credential(row, stage, people: ["alice": "alice@acme.test"])
        }
        #expect(try await stage.store.connection(row.id)?.health == .healthy)
    }

    @Test func `a server that takes it for somebody else is found, and nothing is kept`() async throws {
        let stage = try await AssertedTests.stage("bob@acme.test")
        await #expect(throws: BrokerError.self) {
            try await stage.desk.addAsserted(GrantStage.new(AssertedTests.alice), as: nil, scopes: [])
        }
        #expect(try await stage.store.connections(in: GrantStage.acme, of: nil).isEmpty)
    }

    @Test func `nobody is named for a person, and that is told`() async throws {
        let stage = try await AssertedTests.stage("bob@acme.test")
        await #expect(throws: BrokerError.self) {
            try await stage.desk.addAsserted(
                GrantStage.new(AssertedTests.alice), as: "dana@acme.test", scopes: [])
        }
        let refused = try await stage.leaves().filter { $0["change"] == "connection.refused" }
        #expect(refused.map { $0["because"] } == ["subject_named"])
        #expect(stage.server.asked.isEmpty)
    }

    @Test(arguments: ["alice@acme.test", "Alice+robot@acme.test"])
    func `an agent is never a person, and that is told`(_ subject: String) async throws {
        let stage = try await AssertedTests.stage(subject)
        await #expect(throws: BrokerError.self) {
            try await stage.desk.addAsserted(GrantStage.new(), as: subject, scopes: [])
        }
        let refused = try await stage.leaves().filter { $0["change"] == "connection.refused" }
        #expect(refused.map { $0["because"] } == ["subject_person"])
        #expect(stage.server.asked.isEmpty)
    }

    @Test func `an app without a key can't assert`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.addAsserted(GrantStage.new(AssertedTests.alice), as: nil, scopes: [])
        }
        #expect(error?.hint?.contains("--key-file") == true)
        #expect(stage.server.asked.isEmpty)
    }
}
