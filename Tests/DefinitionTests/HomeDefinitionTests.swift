import Authority
import Definition
import Testing
import Wire

struct HomeDefinitionTests {
    private func read(_ text: String, asAgent: Bool = false) throws(SourceProblems) -> HomeDefinition {
        try HomeDefinition(reading: [DefinitionFile(name: "a.json5", text: text)], asAgent: asAgent)
    }

    private func problems(_ files: String...) -> [String] {
        do throws(SourceProblems) {
            _ = try HomeDefinition(
                reading: files.enumerated().map { DefinitionFile(name: "f\($0.offset).json5", text: $0.element) })
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    /// Section "Bind the delegate to channels" of the delegate text.
    private let routed = """
        {
          agents: {
            list: [
              { id: "main", workspace: "~/.openclaw/workspace" },
              {
                id: "delegate",
                workspace: "~/.openclaw/workspace-delegate",
                tools: {
                  deny: ["browser", "canvas"],
                },
              },
            ],
          },
          bindings: [
            // Route a specific channel account to the delegate
            {
              agentId: "delegate",
              match: { channel: "whatsapp", accountId: "org" },
            },
            // Route a Discord guild to the delegate
            {
              agentId: "delegate",
              match: { channel: "discord", guildId: "123456789012345678" },
            },
            // Everything else goes to the main personal agent
            { agentId: "main", match: { channel: "whatsapp" } },
          ],
        }
        """

    /// Section "Example: organizational assistant".
    private let whole = """
        {
          agents: {
            list: [
              { id: "main", default: true, workspace: "~/.openclaw/workspace" },
              {
                id: "org-assistant",
                name: "[Organization] Assistant",
                workspace: "~/.openclaw/workspace-org",
                agentDir: "~/.openclaw/agents/org-assistant/agent",
                identity: { name: "[Organization] Assistant" },
                tools: {
                  allow: ["read", "exec", "message", "cron", "sessions_list", "sessions_history"],
                  deny: ["write", "edit", "apply_patch", "browser", "canvas"],
                },
              },
            ],
          },
          bindings: [
            {
              agentId: "org-assistant",
              match: { channel: "signal", peer: { kind: "group", id: "[group-id]" } },
            },
            { agentId: "org-assistant", match: { channel: "whatsapp", accountId: "org" } },
            { agentId: "main", match: { channel: "whatsapp" } },
            { agentId: "main", match: { channel: "signal" } },
          ],
        }
        """

    @Test func `the seed's complete examples load as they stand, and grant nothing`() throws {
        let first = try read(routed)
        #expect(first.agents.map(\.id.raw) == ["main", "delegate"])
        #expect(first.bindings?.map(\.binding.match.channel) == ["whatsapp", "discord", "whatsapp"])
        let second = try read(whole)
        let assistant = try #require(second.agents.last)
        #expect(assistant.given["allow"] == [])
        #expect(assistant.given["actsAs"] == nil)
        #expect(assistant.unavailable.count == 11)
        #expect(assistant.about["identity"]?["name"] == "[Organization] Assistant")
        #expect(second.bindings?.first?.binding.match.peer?.kind == .group)
        #expect(second.bindings?.first?.binding.match.peer?.id == "[group-id]")
    }

    @Test(arguments: [
        #"{ id: "delegate", workspace: "~/.openclaw/workspace-delegate", tools: { allow: ["read", "exec", "message", "cron"], deny: ["write", "edit", "apply_patch", "browser", "canvas"], }, }"#,
        #"{ id: "delegate", workspace: "~/.openclaw/workspace-delegate", sandbox: { mode: "all", scope: "agent", }, }"#,
    ])
    func `the seed's bare agents load as agents, and alone say how`(_ text: String) throws {
        #expect(try read(text, asAgent: true).agents.map(\.id.raw) == ["delegate"])
        #expect(
            problems(text) == [
                "f0.json5:1:1: this is one agent's object, not a definition (apply it with `--as-agent`)"
            ])
    }

    @Test func `every error of every file is told at once, with its place and what was meant`() {
        let found = problems(
            "{ agents: { list: [ { id: \"a\", actAs: \"claw\", tier: \"one\" } ] },\n  binding: [] }",
            "{ agents: { list: [ { id: \"a\", sandbox: { mode: \"al\" } }, { name: \"x\" } ] },\n  bindings: [ { agentId: \"a\", match: { channel: \"whatsap\" } } ] }",
            "{ agents: ")
        #expect(found.contains("f0.json5:1:32: unknown key `actAs` in an agent (did you mean `actsAs`?)"))
        #expect(found.contains("f0.json5:1:53: `tier` must be a whole number"))
        #expect(found.contains("f0.json5:2:3: unknown key `binding` in the definition (did you mean `bindings`?)"))
        #expect(found.contains { $0.hasPrefix("f1.json5:1:49: `mode` can't be `al`") })
        #expect(found.contains("f1.json5:1:59: an agent lacks `id`"))
        #expect(
            found.contains {
                $0.hasPrefix("f1.json5:2:") && $0.contains("no channel is called `whatsap` (did you mean `whatsapp`?)")
            })
        #expect(found.contains { $0.hasPrefix("f2.json5:1:") })
        #expect(found.contains("f1.json5:1:21: the agent `a` stands at f0.json5:1:21 already"))
    }

    @Test func `a shared state path and a repeated match are errors that name both places`() {
        let found = problems(
            """
            { agents: { list: [ { id: "a", workspace: "~/w" }, { id: "b", workspace: "~/w" } ] },
              bindings: [ { agentId: "a", match: { channel: "slack" } }, { agentId: "b", match: { channel: "slack" } } ] }
            """)
        #expect(found.count == 2)
        #expect(found[0].contains("the state path `~/w` stands at f0.json5:1:") == true)
        #expect(found[1].contains("the same match stands at f0.json5:2:") == true)
    }
}
