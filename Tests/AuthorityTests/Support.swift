import Authority

extension AgentDefinition {
    /// Alice's, over Notion and Gmail, with the requester's connections.
    static let assistant: AgentDefinition = {
        var definition = AgentDefinition(organization: OrganizationID("acme"), agent: AgentID("helper"), owner: alice)
        definition.actsAs = .assistant
        definition.slots = [
            Slot(provider: ProviderID("notion"), owner: .person), Slot(provider: ProviderID("gmail"), owner: .person),
        ]
        return definition
    }()

    /// Dana's, over Gmail.
    static let claw: AgentDefinition = {
        var definition = AgentDefinition(organization: OrganizationID("acme"), agent: AgentID("email"), owner: dana)
        definition.actsAs = .claw
        definition.slots = [Slot(provider: ProviderID("gmail"), owner: .agent)]
        return definition
    }()

    /// The same, for Dana as its only principal.
    static let delegate: AgentDefinition = {
        var definition = claw
        definition.actsAs = .delegate
        definition.tier = .two
        definition.principals = [dana]
        return definition
    }()

    private static let alice = PersonID("alice")
    private static let dana = PersonID("dana")
}

extension ToolCatalogue {
    /// A few tools for tests that write their definitions by hand.
    static let small = ToolCatalogue(
        tools: [
            tool("notion.search", .read), tool("notion.get", .read), tool("notion.tool.search", .read),
            tool("gmail.search", .read), tool("gmail.send", .send), tool("rippling.worker", .read),
            tool("clock.now", .read, needsConnection: false),
        ],
        groups: ["group:mail": ["gmail.search", "gmail.send"], "group:reading": ["notion.search", "notion.get"]])

    private static func tool(_ name: String, _ effect: Effect, needsConnection: Bool = true) -> ToolSpec {
        let provider = String(name.prefix { $0 != "." })
        return ToolSpec(
            name: name, provider: ProviderID(provider), effect: effect, host: "\(provider).test",
            needsConnection: needsConnection)
    }
}

extension Request {
    /// Alice's call of the tool, with nothing around it.
    static func plain(_ tool: ToolIndex) -> Request {
        Request(
            organization: OrganizationID("acme"), requester: .person(PersonID("alice")), trigger: .call, tool: tool,
            facets: Facets(), standing: StandingFacts(),
            client: ClientFacts(ceiling: .all, agents: [AgentID("helper")]), labels: .fresh, connections: [])
    }
}
