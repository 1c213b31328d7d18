import Authority
import Definition
import OAuth
import Testing
import Wire

struct ManifestTests {
    @Test func `every bundled manifest is right and no tool is there twice`() throws {
        let shelf = try ProviderShelf(try BundledProviders.read())
        #expect(
            shelf.all.map(\.provider.raw) == [
                "anthropic", "calendar", "gmail", "notion", "openai", "outlook", "rippling", "slack",
            ])
        let names = shelf.all.flatMap(\.tools).map(\.name)
        #expect(names.count == 18)
        #expect(Set(names).count == names.count)
    }

    @Test func `every argument of every bundled tool has a role and whoever sends says to whom`() throws {
        for tool in try BundledProviders.read().flatMap(\.tools) {
            let properties = tool.schema.source["properties"]?.objectValue?.keys ?? []
            #expect(Set(properties) == Set(tool.arguments.map(\.name)))
            if tool.effect == .send { #expect(tool.arguments.contains { $0.role == .destination }) }
        }
    }

    @Test func `a company-wide provider names the subject of each tool`() throws {
        let rippling = try #require(try BundledProviders.read().first { $0.provider.raw == "rippling" })
        #expect(rippling.isCompanyWide)
        for tool in rippling.tools {
            #expect(tool.arguments.contains { $0.role == .subject })
            #expect(tool.answerSubject != nil)
        }
    }

    @Test func `at Slack an agent's own account is the app's bot, and a person's is the person`() throws {
        let server = try #require(try BundledProviders.read().first { $0.provider.raw == "slack" }?.oauth)
        #expect(server.dialect.scopeParameter == "user_scope" && server.dialect.tokenTypes == ["user"])
        let agents = server.forAgents
        #expect(agents.dialect.scopeParameter == "scope" && agents.dialect.root == .root)
        #expect(agents.dialect.tokenTypes == ["bot"] && agents.dialect.separator == "," && agents.dialect.endsItself)
        #expect(agents.scopes.contains("app_mentions:read") && agents.token == server.token)
        #expect(server.refreshing(isAgents: false).tokenTypes == ["user"])
        #expect(server.refreshing(isAgents: true).tokenTypes == ["user", "bot"])
    }

    private static let good = """
        {
          provider: "notes",
          origin: "https://notes.example",
          credential: { kind: "bearer" },
          account: { requests: [{ method: "GET", path: "/me" }], id: "/id" },
          tools: [
            {
              name: "notes.read", title: "Read", description: "Reads.", effect: "read",
              arguments: { id: { role: "selector", required: true, type: "string" } },
              labels: { integrity: "colleague" },
              request: { method: "GET", path: "/notes/{id}" },
            },
          ],
        }
        """

    private static func oauth(_ exchange: String) -> String {
        """
        oauth: { authorization: "https://id.example/authorize", token: "https://id.example/token",
          exchange: { \(exchange) } },
          tools:
        """
    }

    @Test func `an exchange is read`() throws {
        let text = ManifestTests.good.replacing(
            "tools:", with: ManifestTests.oauth("grant: \"token_exchange\", audience: [\"api\"], actor: true"))
        let rule = try #require(try ProviderManifest(reading: text, file: "notes.json5").oauth?.exchange)
        #expect(rule == ExchangeRule(grant: .tokenExchange, audiences: ["api"], namesActor: true))
    }

    @Test func `the sample that the mistakes are made in is right itself`() throws {
        #expect(try ProviderManifest(reading: ManifestTests.good, file: "notes.json5").tools.count == 1)
    }

    @Test(arguments: [
        ("effect: \"read\"", "efect: \"read\"", "did you mean `effect`?"),
        ("effect: \"read\"", "effect: \"raed\"", "did you mean `read`?"),
        ("/notes/{id}", "/notes/{ids}", "did you mean `id`?"),
        ("kind: \"bearer\"", "kind: \"cookie\"", "one of `bearer`"),
        ("name: \"notes.read\"", "name: \"Notes Read\"", "lower-case letters"),
        ("effect: \"read\"", "effect: \"send\"", "role `destination`"),
        ("role: \"selector\", ", "", "lacks `role`"),
        ("integrity: \"colleague\"", "integrity: \"friend\"", "one of `own-words`"),
        ("method: \"GET\", path: \"/notes", "method: \"FETCH\", path: \"/notes", "one of GET"),
        ("id: \"/id\"", "id: \"id\"", "RFC 6901"),
        ("tools:", oauth("grant: \"on_behalf\""), "did you mean `on_behalf_of`?"),
        ("tools:", oauth("grant: \"on_behalf_of\", audience: [\"a\"]"), "knows `scopes` alone"),
        ("tools:", oauth("grant: \"token_exchange\", resource: [\"/a\"]"), "isn't an address"),
    ])
    func `a mistake is told with its place and the way out`(old: String, new: String, told: String) throws {
        let text = ManifestTests.good.replacing(old, with: new)
        #expect(text != ManifestTests.good)
        let problems = #expect(throws: SourceProblems.self) {
            _ = try ProviderManifest(reading: text, file: "notes.json5")
        }
        let first = try #require(problems?.problems.first { $0.description.contains(told) })
        #expect(first.description.hasPrefix("notes.json5:"))
        #expect(first.line > 1)
    }

    @Test func `an origin override must be of a known provider and an origin`() throws {
        let manifests = try BundledProviders.read()
        let problems = #expect(throws: DefinitionProblems.self) {
            _ = try ProviderShelf(manifests, origins: [ProviderID("noton"): "https://x", ProviderID("slack"): "x/"])
        }
        #expect(
            problems?.problems.map(\.hint) == [
                "did you mean `notion`?", "write scheme, host and port, such as `https://api.example.com`",
            ])
    }
}
