import Authority
import Testing

@Suite struct PatternTests {
    @Test(arguments: [
        ("*", ["clock.now", "gmail.search", "gmail.send", "notion.get", "notion.search", "notion.tool.search"]),
        ("notion.*", ["notion.get", "notion.search", "notion.tool.search"]),
        ("*.search", ["gmail.search", "notion.search", "notion.tool.search"]),
        ("notion*", ["notion.get", "notion.search", "notion.tool.search"]),
        ("n*n.*s*h", ["notion.search", "notion.tool.search"]),
        ("**.**get**", ["notion.get"]), ("notion.get*", ["notion.get"]), ("*notion.get", ["notion.get"]),
        ("gmail.s*d", ["gmail.send"]), ("group:mail", ["gmail.search", "gmail.send"]), ("clock.now", ["clock.now"]),
    ])
    func `a glob or group means exactly these tools`(pattern: String, meant: [String]) throws {
        #expect(try allowed([pattern]) == meant)
    }

    @Test(arguments: ["Notion.*", "notion.", "notion", "*.", "gmail.sen", "notion.get?", "mail", "group:*", ""])
    func `a pattern that means nothing is an error`(pattern: String) {
        #expect(throws: DefinitionProblems.self) { try allowed([pattern]) }
    }

    @Test func `a glob of many stars is answered at once`() throws {
        let name = "clock." + String(repeating: "a", count: 200)
        let catalogue = ToolCatalogue(tools: [
            ToolSpec(
                name: name, provider: ProviderID("clock"), effect: .read, host: "clock.test", needsConnection: false)
        ])
        var definition = AgentDefinition.assistant
        definition.slots = []
        definition.deny = [String(repeating: "*a", count: 60) + "*b"]
        #expect(throws: DefinitionProblems.self) { try Mandate(compiling: definition, with: catalogue) }
    }

    @Test func `without allow, the declared tools are provided, or else what the slots provide`() throws {
        var definition = AgentDefinition.assistant
        #expect(try provided(definition) == ["gmail.search", "gmail.send", "notion.get", "notion.search"] + deep)
        definition.tools = ["notion.get", "clock.now"]
        #expect(try provided(definition) == ["clock.now", "notion.get"])
    }

    @Test func `an empty allow provides nothing, whatever is declared`() throws {
        var definition = AgentDefinition.assistant
        definition.allow = []
        definition.tools = ["notion.*"]
        #expect(try provided(definition) == [])
    }

    @Test func `deny wins, by name, glob and group`() throws {
        #expect(try allowed(["*"], deny: ["notion.get"]).contains("notion.get") == false)
        #expect(try allowed(["notion.get"], deny: ["*.get"]) == [])
        #expect(try allowed(["gmail.*"], deny: ["group:mail"]) == [])
        #expect(try allowed(["notion.search"], deny: ["*"]) == [])
    }

    @Test func `a catalogue of hundreds of tools is told apart tool by tool`() throws {
        let names = (0..<300).map { "clock.tool_\($0)" }
        let catalogue = ToolCatalogue(
            tools: names.map {
                ToolSpec(
                    name: $0, provider: ProviderID("clock"), effect: .read, host: "clock.test", needsConnection: false)
            })
        var definition = AgentDefinition.assistant
        definition.slots = []
        definition.allow = names.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        definition.deny = names.enumerated().filter { $0.offset % 5 == 0 }.map(\.element)
        let expected = names.enumerated().filter { $0.offset % 3 == 0 && $0.offset % 5 != 0 }.map(\.element)
        #expect(try provided(definition, of: catalogue) == expected.sorted())
    }

    @Test func `an agent's capabilities are what its tools come to`() throws {
        var definition = AgentDefinition.assistant
        definition.allow = ["gmail.*"]
        definition.deny = ["gmail.search"]
        let sends = DestinationClass.allCases.map {
            Capability(provider: ProviderID("gmail"), host: "gmail.test", effect: .send, destinations: $0)
        }
        #expect(try Mandate(compiling: definition, with: .small).capabilities == Set(sends))
        definition.deny = ["gmail.send"]
        #expect(
            try Mandate(compiling: definition, with: .small).capabilities == [
                Capability(provider: ProviderID("gmail"), host: "gmail.test", effect: .read, destinations: .nobody)
            ])
    }

    private let deep = ["notion.tool.search"]

    private func allowed(_ allow: [String], deny: [String] = []) throws -> [String] {
        var definition = AgentDefinition.assistant
        definition.slots.append(Slot(provider: ProviderID("rippling"), owner: .agent))
        definition.allow = allow
        definition.deny = deny
        return try provided(definition).filter { $0 != "rippling.worker" }
    }

    /// The tools that decisions let through layer 4, in the order of their names.
    private func provided(_ definition: AgentDefinition, of catalogue: ToolCatalogue = .small) throws -> [String] {
        let mandate = try Mandate(compiling: definition, with: catalogue)
        return try mandate.catalogue.tools.map(\.name).sorted().filter { name in
            let request = Request.plain(try #require(mandate.catalogue.index(of: name)))
            return decide(request, mandate).findings.allSatisfy { $0.layer != .toolPolicy }
        }
    }
}
