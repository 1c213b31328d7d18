import Authority
import Foundation
import Wire

extension Bench {
    /// 1,000 agents with 50 rules each over 40 tools: the policy that `cedar.py` writes for cedarpy, in the same run.
    static func decisionRows() throws -> [JSON] {
        let compileStart = ContinuousClock.now
        let (mandates, catalogue) = try policy()
        let compiled = (ContinuousClock.now - compileStart).seconds
        let requests = requests(of: mandates, catalogue)
        var permits = 0
        let count = 1_000_000
        let taken = seconds {
            permits = 0
            for number in 0..<count {
                let index = number % 1000
                if case .permit = decide(requests[index], mandates[index]).verdict { permits += 1 }
            }
        }
        return [
            row(
                "decision", taken / Double(count) * 1e9, "ns", budget: 1000,
                more: ["permits_percent": number(Double(permits) / Double(count) * 100)]),
            row("compile 1,000 mandates", compiled * 1000, "ms"),
        ]
    }

    static func policy() throws -> ([Mandate], ToolCatalogue) {
        let organization = OrganizationID("acme")
        let tools = (0..<40).map { number in
            ToolSpec(
                name: "p\(number % 8).tool\(number)", provider: ProviderID("p\(number % 8)"),
                effect: number % 4 == 3 ? .create : .read, host: "https://p\(number % 8).example")
        }
        let catalogue = ToolCatalogue(tools: tools)
        let mandates = try (0..<1000).map { number in
            var definition = AgentDefinition(
                organization: organization, agent: AgentID("agent\(number)"), owner: PersonID("owner"))
            definition.actsAs = .claw
            definition.users = .everyone
            definition.slots = (0..<8).map { Slot(provider: ProviderID("p\($0)"), owner: .agent) }
            definition.tools = tools.map(\.name)
            definition.deny = (0..<5).map { tools[($0 * 7 + number + 1) % 40].name }
            definition.ask = (0..<5).map { tools[($0 * 11 + number + 2) % 40].name }
            return try Mandate(compiling: definition, with: catalogue)
        }
        return (mandates, catalogue)
    }

    /// One for each mandate, which permits it.
    static func requests(of mandates: [Mandate], _ catalogue: ToolCatalogue) -> [Request] {
        mandates.indices.map { request(mandates[$0], catalogue, number: $0) }
    }

    private static func request(_ mandate: Mandate, _ catalogue: ToolCatalogue, number: Int) -> Request {
        let name = "p\(number % 8).tool\(number % 40)"
        guard let tool = catalogue.index(of: name) else { fatalError("the bench names a tool that isn't there") }
        let spec = catalogue[tool]
        return Request(
            organization: mandate.organization, requester: .person(PersonID("alice")), trigger: .call, tool: tool,
            facets: Facets(), standing: StandingFacts(), client: ClientFacts(ceiling: .all, agents: [mandate.agent]),
            labels: .fresh,
            connections: [
                ConnectionFacts(
                    id: ConnectionID("c"), provider: spec.provider, owner: .agent(mandate.agent), host: spec.host,
                    account: "a", scopes: [], health: .healthy)
            ])
    }
}
