import Authority
import Testing

/// Row 8 of the threats, in the decision alone: every person with every agent of every identity, with everybody's connections
/// held out to it, in ways in which no store would.
struct AllPairsTests {
    private static let people = (0..<200).map { PersonID("p\($0)") }
    private static let numbers = 0..<20
    private static let provider = ProviderID("notes")
    private static let catalogue = ToolCatalogue(tools: [
        ToolSpec(name: "notes.read", provider: provider, effect: .read, host: "notes.test")
    ])

    @Test(arguments: [ActsAs.assistant, .claw, .delegate])
    func `row 8: a permit never names a connection of anybody but the slot's owner`(identity: ActsAs) throws {
        var dice = SplitMix(seed: 8)
        var count: [String: Int] = [:]
        var permittedByChoice = 0
        for number in Self.numbers {
            let mandate = try Mandate(compiling: Self.definition(identity, number), with: Self.catalogue)
            let tool = try #require(Self.catalogue.index(of: "notes.read"))
            for person in Self.people {
                let owner: Owner = identity == .assistant ? .person(person) : .agent(mandate.agent)
                let request = Self.request(of: person, tool, owner, mandate, &dice)
                let decision = decide(request, mandate)
                count[decision.verdict.name, default: 0] += 1
                guard case .permit(let connection) = decision.verdict else { continue }
                let named = request.connections.filter { $0.id == connection }
                #expect(named.map(\.owner) == [owner], "\(person) at \(mandate.agent)")
                #expect(named.allSatisfy { $0.health == .healthy && $0.provider == Self.provider })
                if let chosen = request.chosen {
                    #expect(named.map(\.id) == [chosen.connection] && named.map(\.account) == [chosen.account])
                    permittedByChoice += 1
                }
            }
        }
        print("row 8, decide, \(identity): \(count), \(permittedByChoice) by choice")
        #expect(count.values.reduce(0, +) == 4_000)
        #expect((count["permit"] ?? 0) > 1_000 && (count["connect"] ?? 0) > 500 && permittedByChoice > 200)
    }

    private static func definition(_ identity: ActsAs, _ number: Int) -> AgentDefinition {
        var definition = AgentDefinition(
            organization: OrganizationID("acme"), agent: AgentID("p\(number)"), owner: PersonID("boss"))
        definition.actsAs = identity
        definition.users = .everyone
        definition.slots = [Slot(provider: provider, owner: identity == .assistant ? .person : .agent)]
        if identity == .delegate {
            definition.tier = .one
            definition.principals = Set(people)
        }
        return definition
    }

    /// The owner's own accounts, if any, among those of forty others: people, agents of the same names, other providers.
    private static func request(
        of person: PersonID, _ tool: ToolIndex, _ owner: Owner, _ mandate: Mandate, _ dice: inout SplitMix
    ) -> Request {
        var owners = (0..<40).map { _ -> Owner in
            dice.chance(50) ? .person(dice.pick(people)) : .agent(AgentID("p\(dice.below(40))"))
        }
        owners += Array(repeating: owner, count: dice.pick(weighted: [(2, 0), (6, 1), (2, 2)]))
        owners.shuffle(using: &dice)
        let connections = owners.enumerated().map { number, owner in
            ConnectionFacts(
                id: ConnectionID("c\(number)"), provider: dice.chance(90) ? provider : ProviderID("files"),
                owner: owner,
                host: "notes.test", account: "account-\(dice.below(3))", scopes: [],
                health: dice.pick(weighted: [(8, .healthy), (1, .broken), (1, .revoked)]))
        }
        let own = connections.filter { $0.owner == owner }
        let chosen: ConnectionFacts? =
            switch dice.below(10) {
            case 0..<5: nil
            case 5..<8: own.isEmpty ? dice.pick(connections) : dice.pick(own)
            default: dice.pick(connections)
            }
        return Request(
            organization: mandate.organization, requester: .person(person), trigger: .call, tool: tool,
            facets: Facets(), standing: StandingFacts(),
            client: ClientFacts(ceiling: .all, agents: [mandate.agent]), labels: .fresh, connections: connections,
            chosen: chosen.map { ChosenAccount(connection: $0.id, account: $0.account) },
            agreed: mandate.capabilities)
    }
}
