import Authority
import Broker
import Gate
import OAuth
import Synchronization
import Testing
import Twins

/// `deputy connections widen`: our app itself asks for what an agent's tools need besides.
@Suite struct `A connection of our app itself is widened` {
    private static func answer(_ access: String, _ scope: String) -> String {
        #"{"access_token": "\#(access)", "token_type": "Bearer", "expires_in": 3600, "scope": "\#(scope)"}"#
    }

    private static func connected() async throws -> (GrantStage, ConnectionRecord) {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.answer(200, answer("access-1", "base"))
        return (stage, try await stage.desk.addOurselves(GrantStage.new(), scopes: ["base"]))
    }

    @Test func `it asks for what it has and for what is wanted, and keeps what was given`() async throws {
        let (stage, row) = try await Self.connected()
        stage.server.answer(200, Self.answer("access-2", "base items.read"))
        let wide = try await stage.desk.widen(row.id, to: ["items.read"], for: GrantStage.new())
        #expect(stage.server.asked.last == "/token grant_type=client_credentials&scope=base items.read")
        #expect(wide.id == row.id && wide.scopes == ["base", "items.read"] && wide.generation == row.generation + 1)
        #expect(try await stage.store.connection(row.id)?.scopes == wide.scopes)
        #expect(try await stage.changes().last == "connection.reconnected")
        let again = try await stage.desk.widen(row.id, to: ["items.read"], for: GrantStage.new())
        #expect(again == wide && stage.server.asked.count == 2, "what is there isn't asked for")
    }

    @Test func `of what isn't given nothing is lost, and it is asked for again the next time`() async throws {
        let (stage, row) = try await Self.connected()
        stage.server.answer(200, Self.answer("access-2", "base"))
        let same = try await stage.desk.widen(row.id, to: ["items.read"], for: GrantStage.new())
        #expect(same.scopes == ["base"])
        stage.server.answer(200, Self.answer("access-3", "base items.read"))
        #expect(
            try await stage.desk.widen(row.id, to: ["items.read"], for: GrantStage.new()).scopes == [
                "base", "items.read",
            ])
        #expect(stage.server.asked.last == "/token grant_type=client_credentials&scope=base items.read")
    }

    @Test func `a provider that refuses leaves the token before in its place`() async throws {
        let (stage, row) = try await Self.connected()
        let before = try #require(try await stage.store.tokens(of: row.id))
        stage.server.answer(400, #"{"error": "invalid_scope"}"#)
        await #expect(throws: BrokerError.self) {
            try await stage.desk.widen(row.id, to: ["items.read"], for: GrantStage.new())
        }
        #expect(try await stage.store.tokens(of: row.id) == before)
        #expect(try await stage.store.connection(row.id) == row)
    }

    @Test func `another owner, another kind, a revoked one and another app are refused, and nobody is asked`()
        async throws
    {
        let (stage, row) = try await Self.connected()
        stage.server.answer(200, Self.answer("access-9", "items.read"))
        let account = try await stage.desk.add(GrantStage.account(), as: nil, GrantStage.new(), scopes: ["base"])
        let asked = stage.server.asked.count
        func refusal(_ id: ConnectionID, _ new: NewConnection = GrantStage.new()) async -> BrokerError.Code? {
            do throws(BrokerError) {
                _ = try await stage.desk.widen(id, to: ["items.read"], for: new)
                return nil
            } catch { return error.code }
        }
        #expect(await refusal(row.id, GrantStage.new(.agent(AgentID("stranger")))) == .unknown)
        #expect(await refusal(account.id) == .invalid)
        var secret = Array("another".utf8)
        _ = try await stage.apps.add(
            GrantStage.depot, in: GrantStage.acme, clientID: "client-2", authentication: .basic, secret: &secret,
            replaces: true, by: "test")
        #expect(await refusal(row.id) != nil, "made through an app that isn't kept any more")
        _ = try await stage.connections.revoke(row.id, in: GrantStage.acme, by: "test")
        #expect(await refusal(row.id) == .refused)
        #expect(stage.server.asked.count == asked)
    }
}
