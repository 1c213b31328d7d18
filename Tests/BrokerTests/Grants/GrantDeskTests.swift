import Authority
import Broker
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Wire

struct GrantDeskTests {
    private static let tokens = #"{"access_token": "access-1", "token_type": "Bearer", "expires_in": 3600, "#

    @Test func `an agent that is our app is connected as that, and asks anew`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.answer(200, GrantDeskTests.tokens + #""refresh_token": "not-kept"}"#)
        let row = try await stage.desk.addOurselves(GrantStage.new(), scopes: [])
        #expect(stage.server.asked == ["/token grant_type=client_credentials&scope=base items.read"])
        #expect(row.kind == "oauth-client")
        #expect(row.account == "acc-1")
        #expect(row.scopes == ["base", "items.read"])
        let tokenSet = try #require(try await stage.store.tokens(of: row.id))
        #expect(tokenSet.clientID == "client-1")
        #expect(tokenSet.due != nil)
        #expect(
            try await stage.changes() == ["app.added", "connection.asked", "connection.probed", "connection.added"])
        let leaf = try #require(try await stage.leaves().last)
        #expect(leaf["grant"] == "oauth-client")
        for leaf in try await stage.leaves() { #expect(!leaf.text.contains("access-1")) }
    }

    @Test func `an app that has no account behind it is its own`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.state.withLock { $0.accountStatus = 403 }
        stage.server.answer(200, GrantDeskTests.tokens + #""scope": "x"}"#)
        let row = try await stage.desk.addOurselves(GrantStage.new(), scopes: ["x", "y"])
        #expect(row.account == "client:client-1")
        #expect(row.scopes == ["x"])
    }

    @Test func `an app whose account is a person's isn't an agent's`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.state.withLock { $0.account = #"{"id": "acc-1", "email": "alice@acme.test"}"# }
        stage.server.answer(200, GrantDeskTests.tokens + #""scope": "x"}"#)
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.addOurselves(GrantStage.new(), scopes: [])
        }
        #expect(error?.code == .refused)
        #expect(try await stage.store.connections(in: GrantStage.acme, of: nil).isEmpty)
    }

    @Test func `a person is connected by no such grant`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        let person = GrantStage.new(.person(PersonID("alice")))
        for attempt in [
            { _ = try await stage.desk.addOurselves(person, scopes: []) },
            { _ = try await stage.desk.add(GrantStage.account(), as: nil, person, scopes: []) },
            { _ = try await stage.desk.beginDevice(person, scopes: []) },
        ] as [@Sendable () async throws -> Void] {
            let error = await #expect(throws: BrokerError.self) { try await attempt() }
            #expect(error?.code == .refused)
        }
        #expect(stage.server.asked.isEmpty)
    }

    @Test func `a service account acts as the agent's own account`() async throws {
        let stage = try GrantStage()
        stage.server.state.withLock { $0.account = #"{"id": "u-7", "email": "Assistant@acme.test"}"# }
        stage.server.answer(200, GrantDeskTests.tokens + #""token_use": "x"}"#)
        let row = try await stage.desk.add(
            GrantStage.account(), as: "assistant@acme.test", GrantStage.new(), scopes: ["items.read"])
        #expect(
            stage.server.asked[0].hasPrefix(
                "/token grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=ey"))
        // What is asked says by itself who asks.
        #expect(stage.server.state.withLock { $0.clients } == [""])
        #expect(row.kind == "oauth-service-account")
        let leaf = try #require(try await stage.leaves().last)
        #expect(leaf["subject"] == "assistant@acme.test")
        #expect(leaf["service_account"] == "robot@acme.iam.gserviceaccount.com")
    }

    @Test(arguments: ["alice@acme.test", "dana+robot@acme.test", "ALICE@acme.test"])
    func `a service account is never a person`(_ subject: String) async throws {
        let stage = try GrantStage()
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.add(GrantStage.account(), as: subject, GrantStage.new(), scopes: [])
        }
        #expect(error?.message == "`\(subject)` is a person's: an agent never acts as a person")
        #expect(stage.server.asked.isEmpty)
    }

    @Test func `a service account that turns out to be another isn't kept`() async throws {
        let stage = try GrantStage()
        stage.server.state.withLock { $0.account = #"{"id": "u-7", "email": "other@acme.test"}"# }
        stage.server.answer(200, GrantDeskTests.tokens + #""a": 1}"#)
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.add(GrantStage.account(), as: "assistant@acme.test", GrantStage.new(), scopes: [])
        }
        #expect(error?.code == .refused)
        #expect(try await stage.store.connections(in: GrantStage.acme, of: nil).isEmpty)
    }

    @Test(
        arguments: [
            (401, "unauthorized_client", BrokerError.Code.refused, "Admin console"),
            (400, "invalid_grant", .refused, "clock"), (503, "temporarily_unavailable", .unavailable, "try again"),
        ])
    func `a refusal says whose turn it is`(_ status: Int, _ code: String, _ kind: BrokerError.Code, _ hint: String)
        async throws
    {
        let stage = try GrantStage()
        stage.server.answer(status, #"{"error": "\#(code)"}"#)
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.add(GrantStage.account(), as: nil, GrantStage.new(), scopes: [])
        }
        #expect(error?.code == kind)
        #expect(error?.message.contains(code) == true)
        #expect(error?.hint?.contains(hint) == true)
    }

    // MARK: the app's own key

    @Test func `an app with a key signs anew for each request, and keeps no secret`() async throws {
        let stage = try GrantStage()
        _ = try await stage.apps.add(
            GrantStage.depot, in: GrantStage.acme, clientID: "client-1",
            key: try ClientKey(pem: GrantStage.key, id: "k", place: "k.pem"), replaces: false, by: "test")
        let app = try await stage.apps.app(at: GrantStage.depot, in: GrantStage.acme)
        #expect(app.secret == nil)
        let signed = try #require(app.signer)
        let (first, second) = (try signed.fields(), try signed.fields())
        #expect(first.map(\.name) == ["client_id", "client_assertion_type", "client_assertion"])
        #expect(first[2].value != second[2].value)
    }

    @Test func `a key is for one server alone`() async throws {
        let stage = try GrantStage([
            GrantStage.manifest(), GrantStage.manifest("sibling"),
            GrantStage.manifest("stranger", id: "https://id.stranger.test"),
        ])
        func add(_ provider: String, _ pem: String) async throws {
            _ = try await stage.apps.add(
                ProviderID(provider), in: GrantStage.acme, clientID: "client-1",
                key: try ClientKey(pem: pem, id: "k", place: "k.pem"), replaces: false, by: "test")
        }
        try await add("depot", GrantStage.key)
        // The same server under another provider's name.
        try await add("sibling", GrantStage.key)
        let error = await #expect(throws: BrokerError.self) { try await add("stranger", GrantStage.key) }
        #expect(error?.code == .refused)
        try await add("stranger", GrantStage.anotherKey)
    }
}
