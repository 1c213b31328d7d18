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

/// What becomes of tokens that are asked for anew.
struct OwnGrantTests {
    private static func tokens(_ access: String) -> String {
        #"{"access_token": "\#(access)", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "not-used"}"#
    }

    private static func credential(
        _ row: ConnectionRecord, _ stage: GrantStage, people: [String] = [],
        subjects: Set<String> = ["assistant@acme.test"]
    ) async throws -> String {
        let keeper = TokenKeeper(
            store: stage.store, commits: stage.store, errands: stage.server, accounts: stage.server, keys: stage.keys,
            fingerprints: stage.fingerprints, apps: stage.apps, providers: stage.providers, world: stage.clock.world,
            people: { _ in people.map { PersonClaim(person: PersonID($0), email: $0, subjects: [:]) } },
            subjects: { _, agent in agent == AgentID("robot") ? subjects : [] }, pause: { _ in await Task.yield() },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let source = SealedCredentials(
            store: stage.store, commits: stage.store, keys: stage.keys, fingerprints: stage.fingerprints,
            providers: stage.providers, tokens: keeper)
        return try await source.credential(for: row.use, by: nil).secret.withBytes {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test func `an app's token that ended is followed by another, asked for as the first was`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.answer(200, OwnGrantTests.tokens("access-1"))
        let row = try await stage.desk.addOurselves(GrantStage.new(), scopes: ["items.read"])
        #expect(try await OwnGrantTests.credential(row, stage) == "access-1")
        for number in 2...3 {
            stage.clock.advance(seconds: 4_000)
            stage.server.answer(200, OwnGrantTests.tokens("access-\(number)"))
            #expect(try await OwnGrantTests.credential(row, stage) == "access-\(number)")
            #expect(stage.server.asked.last == "/token grant_type=client_credentials&scope=items.read")
        }
        #expect(stage.server.asked.count == 3)
    }

    @Test func `a service account's token that ended is signed for anew, as the same subject`() async throws {
        let stage = try GrantStage()
        stage.server.state.withLock { $0.account = #"{"id": "u-7", "email": "assistant@acme.test"}"# }
        stage.server.answer(200, OwnGrantTests.tokens("access-1"))
        let row = try await stage.desk.add(
            GrantStage.account(), as: "assistant@acme.test", GrantStage.new(), scopes: ["items.read"])
        stage.clock.advance(seconds: 4_000)
        stage.server.answer(200, OwnGrantTests.tokens("access-2"))
        #expect(try await OwnGrantTests.credential(row, stage, people: ["alice@acme.test"]) == "access-2")
        let claims = try stage.server.asked.map { asked in
            let assertion = try #require(asked.split(separator: "assertion=").last)
            return try JSON.parse(try #require(Base64.decodeURL(String(assertion.split(separator: ".")[1]))))
        }
        #expect(claims.map { $0["sub"] } == ["assistant@acme.test", "assistant@acme.test"])
        #expect(claims[0]["iat"] != claims[1]["iat"])
        #expect(stage.server.state.withLock { $0.clients } == ["", ""])
    }

    @Test func `whom the account was is a person by now, so that it is nobody any more`() async throws {
        let stage = try GrantStage()
        stage.server.state.withLock { $0.account = #"{"id": "u-7", "email": "assistant@acme.test"}"# }
        stage.server.answer(200, OwnGrantTests.tokens("access-1"))
        let row = try await stage.desk.add(
            GrantStage.account(), as: "assistant@acme.test", GrantStage.new(), scopes: ["items.read"])
        stage.clock.advance(seconds: 4_000)
        await #expect(throws: CredentialError.expired) {
            try await OwnGrantTests.credential(row, stage, people: ["assistant@acme.test"])
        }
        #expect(stage.server.asked.count == 1)
        #expect(try await stage.store.connection(row.id)?.health == .broken)
    }

    @Test(arguments: [0, 4_000] as [Int64])
    func `whom the agent may be no longer, nothing is asked for, and what is held for them isn't used`(
        later: Int64
    ) async throws {
        let stage = try GrantStage()
        stage.server.state.withLock { $0.account = #"{"id": "u-7", "email": "assistant@acme.test"}"# }
        stage.server.answer(200, OwnGrantTests.tokens("access-1"))
        let row = try await stage.desk.add(
            GrantStage.account(), as: "Assistant@acme.test", GrantStage.new(), scopes: ["items.read"])
        #expect(try await OwnGrantTests.credential(row, stage) == "access-1")
        stage.clock.advance(seconds: later)
        for subjects in [["other@acme.test"], []] as [Set<String>] {
            await #expect(throws: CredentialError.self) {
                try await OwnGrantTests.credential(row, stage, subjects: subjects)
            }
        }
        #expect(stage.server.asked.count == 1, "the provider hears nothing of it")
        #expect(try await stage.store.connection(row.id)?.health == .broken)
        #expect(
            try await stage.leaves().last { $0["change"] == "connection.broken" }?["because"] == "subject_not-allowed")
    }

    @Test func `an agent that nobody let be somebody is nobody`() async throws {
        let stage = try GrantStage()
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.add(
                GrantStage.account(), as: "assistant@acme.test", GrantStage.new(subjects: ["other@acme.test"]),
                scopes: ["items.read"])
        }
        #expect(error?.message == "this agent may not be `assistant@acme.test`")
        #expect(stage.server.asked.isEmpty)
        #expect(try await stage.leaves().last?["because"] == "subject_not-allowed")
    }

    @Test func `an app that isn't let in any more is its operator's to mend, and the connection lives`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.answer(200, OwnGrantTests.tokens("access-1"))
        let row = try await stage.desk.addOurselves(GrantStage.new(), scopes: ["items.read"])
        stage.clock.advance(seconds: 4_000)
        stage.server.answer(401, #"{"error": "invalid_client"}"#)
        await #expect(throws: CredentialError.self) { try await OwnGrantTests.credential(row, stage) }
        #expect(try await stage.store.connection(row.id)?.health == .healthy)
        stage.clock.advance(seconds: 400)
        stage.server.answer(200, OwnGrantTests.tokens("access-2"))
        #expect(try await OwnGrantTests.credential(row, stage) == "access-2")
    }
}
