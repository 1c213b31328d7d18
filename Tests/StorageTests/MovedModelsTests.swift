import Authority
import Registry
import Testing
import Wire

@testable import Storage

/// Endpoints that were rows are in definitions afterwards.
struct MovedModelsTests {
    private static let rows = Migrations.Migration(
        name: "072-rows",
        statements: [
            """
            INSERT INTO connections (id, organization, owner_kind, owner, provider, origin, kind, account, account_name,
              scopes, generation, fingerprint, sealed, health, created)
            VALUES ('con_1', 'acme', 'agent', 'voice', 'anthropic', 'https://a.test', 'api_key', 'a', 'a', '[]', 1, 'f', '',
              'healthy', 1)
            """,
            """
            INSERT INTO model_endpoints (organization, name, record) VALUES
            ('acme', 'default', '{"name":"default","speaks":"offline","model":"","longest_reply":4096,"context":null,
              "base":"","connection":null,"classes":[]}'),
            ('acme', 'main', '{"name":"main","speaks":"anthropic","model":"c\\"1","longest_reply":512,"context":9000,
              "base":"https://a.test","connection":"con_1","classes":["contacts"]}'),
            ('other', 'default', '{"name":"default","speaks":"openai-chat","model":"q","longest_reply":4096,
              "context":null,"base":"http://127.0.0.1:1","connection":null,"classes":[]}')
            """,
            """
            INSERT INTO agents (organization, id, definition, standing) VALUES
            ('acme', 'voice', '{"owner":"dana","tier":1,"budget":{"concurrent":2}}', 'active'),
            ('acme', 'quiet', '{"owner":"dana"}', 'active'),
            ('acme', 'lost', '{"owner":"dana"}', 'active')
            """,
            """
            INSERT INTO model_choices (organization, agent, record) VALUES
            ('acme', 'voice', '{"models":["main","gone","default"],"tokens_per_day":100,"tokens_per_person_per_day":null}'),
            ('acme', 'lost', '{"models":["gone"],"tokens_per_day":null,"tokens_per_person_per_day":null}')
            """,
        ])

    @Test(arguments: Database.allCases)
    func `every endpoint and choice is moved, each with its agent's own key`(database: Database) async throws {
        let before = Migrations.all.prefix { $0.name != Migrations.modelsInDefinitions.name }
        let store = try await database.place().open(
            StoreSettings(migrations: before + [Self.rows, Migrations.modelsInDefinitions]))
        let acme = OrganizationID("acme")
        func definition(_ agent: String) async throws -> JSON {
            try #require(try await store.agent(AgentID(agent), in: acme)).definition
        }
        let main: JSON = [
            "name": "main", "speaks": "anthropic", "model": "c\"1", "base": "https://a.test", "key": "anthropic:agent",
            "longestReply": 512, "context": 9000, "mayRead": ["contacts"],
        ]
        let offline: JSON = ["name": "default", "speaks": "offline", "longestReply": 4096, "mayRead": []]
        let local: JSON = [
            "name": "default", "speaks": "openai-chat", "model": "q", "base": "http://127.0.0.1:1",
            "longestReply": 4096,
            "mayRead": [],
        ]
        #expect(
            try await definition("voice").digest
                == JSON.object([
                    "owner": "dana", "tier": 1, "budget": ["concurrent": 2, "tokensPerDay": 100],
                    "models": [main, offline],
                ]).digest)
        #expect(try await definition("quiet").digest == JSON.object(["owner": "dana"]).digest)
        // An agent whose choice is gone asked nothing before, and asks nothing now.
        #expect(try await definition("lost").digest == JSON.object(["owner": "dana", "models": []]).digest)
        #expect(try await store.document("models", in: acme)?.digest == JSON.array([offline]).digest)
        #expect(try await store.document("models", in: OrganizationID("other"))?.digest == JSON.array([local]).digest)
        try await store.close()
    }
}
