import Authority
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Wire

@testable import Broker

struct TokenExchangerTests {
    @Test func `each person and each agent has a token of their own, asked for once`() async throws {
        let stage = try await ExchangeStage()
        let exchanger = stage.exchanger()
        let (alice, bob) = (try await stage.connect("alice"), try await stage.connect("bob"))
        var seen: Set<String> = []
        for _ in 0..<3 {
            for (row, person) in [(alice, "alice"), (bob, "bob")] {
                for agent in ["reader", "writer"] {
                    let token = try await stage.token(row.use, agent, by: exchanger).text
                    #expect(token.hasPrefix("api-\(person)-"))
                    seen.insert(token)
                }
            }
        }
        #expect(seen.count == 4)
        #expect(stage.server.exchanges == 4)
        #expect(try await stage.told("tokens.exchange-asked").count == 4)
        let told = try await stage.told("tokens.exchanged").map { ($0["owner"]?.stringValue, $0["agent"]?.stringValue) }
        #expect(told.map(\.0) == ["person:alice", "person:alice", "person:bob", "person:bob"])
        #expect(told.map(\.1) == ["reader", "writer", "reader", "writer"])
    }

    @Test func `it says for whom, by whom and for what`() async throws {
        let stage = try await ExchangeStage()
        let alice = try await stage.connect("alice")
        _ = try await stage.token(alice.use, "reader", by: stage.exchanger())
        let fields = try #require(stage.server.asked.first).split(separator: "&").map(String.init)
        #expect(fields.contains("subject_token=base-alice"))
        #expect(fields.contains("audience=notes-api") && fields.contains("scope=read write"))
        let actor = try #require(fields.first { $0.hasPrefix("actor_token=") }).dropFirst("actor_token=".count)
        let claims = try JSON.parse(try #require(Base64.decodeURL(String(actor.split(separator: ".")[1]))))
        #expect(claims["sub"] == "agent:reader" && claims["iss"] == "deputy" && claims["aud"] == "https://id.test")
    }

    @Test func `many callers of one cause one exchange`() async throws {
        let stage = try await ExchangeStage()
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<500 {
                group.addTask { try await stage.token(alice.use, "reader", by: exchanger).text }
            }
            for try await token in group { #expect(token == "api-alice-1") }
        }
        #expect(stage.server.exchanges == 1)
    }

    @Test func `one that the API refused is followed by another, once`() async throws {
        let stage = try await ExchangeStage()
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        let first = try await stage.token(alice.use, "reader", by: exchanger)
        let second = try await stage.token(alice.use, "reader", by: exchanger, rejecting: first.number)
        #expect(second.text == "api-alice-2" && second.number != first.number)
        #expect(try await stage.token(alice.use, "reader", by: exchanger, rejecting: first.number).text == second.text)
        stage.clock.advance(seconds: 3_560)
        #expect(try await stage.token(alice.use, "reader", by: exchanger).text == "api-alice-3")
    }

    // MARK: planted faults

    /// What a cache would mix up when something were left out of its key.
    static let faults: [@Sendable (ExchangeKey) -> ExchangeKey] = [
        { key in
            var key = key
            (key.owner, key.connection, key.grant) = (.person(PersonID("anybody")), ConnectionID("any"), "any")
            return key
        },
        { key in
            var key = key
            key.agent = AgentID("any")
            return key
        },
    ]

    @Test(arguments: faults.indices)
    func `with something left out of the key nobody gets another's token`(_ index: Int) async throws {
        let stage = try await ExchangeStage()
        let exchanger = stage.exchanger(TokenExchangerTests.faults[index])
        let (alice, bob) = (try await stage.connect("alice"), try await stage.connect("bob"))
        #expect(try await stage.token(alice.use, "reader", by: exchanger).text == "api-alice-1")
        var refusals = 0
        for (row, person, agent) in [(bob, "bob", "reader"), (alice, "alice", "writer")] {
            do {
                let token = try await stage.token(row.use, agent, by: exchanger).text
                #expect(token.hasPrefix("api-\(person)-"))
            } catch CredentialError.sealBroken {
                refusals += 1
            }
        }
        #expect(refusals >= 1, "the fault is noticed")
    }

    @Test func `a server that gives another's token is found, and nothing is used`() async throws {
        let stage = try await ExchangeStage()
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        stage.server.state.withLock { $0.gives = "bob" }
        await #expect(throws: CredentialError.notAsJudged) { try await stage.token(alice.use, "reader", by: exchanger) }
        #expect(try await stage.told("tokens.refused").map { $0["because"] } == ["other_account"])
        #expect(try await stage.told("tokens.exchanged").isEmpty)
        #expect(try await stage.store.connection(alice.id)?.health == .healthy)
    }

    @Test func `what is exchanged while the connection is revoked is used by nobody`() async throws {
        let stage = try await ExchangeStage()
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        let desk = stage.desk
        stage.server.state.withLock {
            $0.meanwhile = { _ = try? await desk.revoke(alice.id, in: ExchangeStage.acme, by: "test") }
        }
        await #expect(throws: CredentialError.self) { try await stage.token(alice.use, "reader", by: exchanger) }
        #expect(try await stage.told("connection.revoked").count == 1)
        #expect(try await stage.told("tokens.exchanged").isEmpty)
        await #expect(throws: CredentialError.gone) { try await stage.token(alice.use, "reader", by: exchanger) }
    }

    @Test func `a provider that can't say whose a token is isn't asked for others at once`() async throws {
        let stage = try await ExchangeStage()
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        stage.server.state.withLock { $0.isAccountDown = true }
        for _ in 0..<3 {
            await #expect(throws: CredentialError.self) { try await stage.token(alice.use, "reader", by: exchanger) }
        }
        #expect(stage.server.exchanges == 1)
        #expect(try await stage.store.connection(alice.id)?.health == .healthy)
        stage.server.state.withLock { $0.isAccountDown = false }
        stage.clock.advance(seconds: 2)
        #expect(try await stage.token(alice.use, "reader", by: exchanger).text == "api-alice-2")
    }

    @Test func `another kind of token isn't taken`() async throws {
        let stage = try await ExchangeStage()
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        stage.server.state.withLock { $0.issued = "urn:ietf:params:oauth:token-type:refresh_token" }
        await #expect(throws: CredentialError.self) { try await stage.token(alice.use, "reader", by: exchanger) }
        #expect(try await stage.told("tokens.failed").map { $0["because"] } == ["issued_token_type"])
    }

    @Test func `a token that isn't a user's for us isn't passed on`() async throws {
        let stage = try await ExchangeStage(exchange: #"grant: "on_behalf_of", scopes: ["Mail.Read"]"#)
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        await #expect(throws: CredentialError.self) { try await stage.token(alice.use, "reader", by: exchanger) }
        #expect(stage.server.asked.isEmpty)
        #expect(try await stage.told("tokens.failed").map { $0["because"] } == ["user_token_malformed"])
    }

    // MARK: failures

    private func fail(_ stage: ExchangeStage, _ kind: TokenFailure.Kind, _ code: String, times: Int = 1) {
        stage.server.state.withLock {
            $0.failures += Array(repeating: .answered(TokenFailure(kind, code: code, status: 400)), count: times)
        }
    }

    @Test func `what the person has to do is kept for their next step`() async throws {
        let stage = try await ExchangeStage()
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        fail(stage, .needsUser(claims: #"{"c":1}"#), "interaction_required")
        await #expect(throws: CredentialError.expired) { try await stage.token(alice.use, "reader", by: exchanger) }
        #expect(try await stage.store.connection(alice.id)?.health == .broken)
        let failure = try #require(try await stage.store.tokens(of: alice.id)?.failure)
        #expect(failure.claims == #"{"c":1}"# && failure.code == "interaction_required")
        #expect(try await stage.told("connection.broken").map { $0["because"] } == ["interaction_required"])
    }

    @Test func `a token that was ended early is renewed before the grant is given up`() async throws {
        let stage = try await ExchangeStage()
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        fail(stage, .dead, "invalid_grant")
        #expect(try await stage.token(alice.use, "reader", by: exchanger).text.hasPrefix("api-alice-"))
        #expect(stage.server.asked.map { $0.contains("grant_type=refresh_token") } == [false, true, false])
        #expect(try await stage.store.connection(alice.id)?.scopes == ["read", "write"], "it may do what it might")
    }

    @Test func `a grant that is dead afterwards too is given up`() async throws {
        let stage = try await ExchangeStage()
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        stage.server.state.withLock { state in
            let dead = TokenProblem.answered(TokenFailure(.dead, code: "invalid_grant", status: 400))
            state.failures = [dead, dead]
        }
        await #expect(throws: CredentialError.expired) { try await stage.token(alice.use, "reader", by: exchanger) }
        #expect(try await stage.store.connection(alice.id)?.health == .broken)
    }

    @Test func `a server that is busy is asked again later, and nothing is given up`() async throws {
        let stage = try await ExchangeStage()
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        fail(stage, .transient(30), "temporarily_unavailable")
        for _ in 0..<3 {
            await #expect(throws: CredentialError.self) { try await stage.token(alice.use, "reader", by: exchanger) }
        }
        #expect(stage.server.exchanges == 1)
        stage.clock.advance(seconds: 31)
        #expect(try await stage.token(alice.use, "reader", by: exchanger).text == "api-alice-2")
        #expect(try await stage.store.connection(alice.id)?.health == .healthy)
    }

    @Test func `less than before is known as less`() async throws {
        let stage = try await ExchangeStage()
        let (exchanger, alice) = (stage.exchanger(), try await stage.connect("alice"))
        stage.server.state.withLock { $0.scope = "read other" }
        _ = try await stage.token(alice.use, "reader", by: exchanger)
        #expect(try await stage.store.connection(alice.id)?.scopes == ["read"])
    }
}
