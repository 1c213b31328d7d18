import Authority

extension Generator {
    /// A request to the world's agent: mostly one that nothing of the first layers stands against.
    mutating func request(to world: World) -> Request {
        let definition = world.definition
        let tool = tool(of: world)
        let requester = requester(of: definition)
        let principal = world.naivePrincipal(of: requester)
        let subject = principal.map { "worker-\($0)" }
        let connections = connections(for: tool.spec, principal: principal)
        return Request(
            organization: dice.chance(1) ? OrganizationID("other") : Self.organization, requester: requester,
            trigger: trigger(of: definition),
            tool: tool.index, facets: facets(for: tool.spec, subject: subject), standing: standing(),
            client: ClientFacts(ceiling: ceiling(), agents: agents()), labels: labels(),
            connections: connections, chosen: dice.chance(12) ? chosen(among: connections) : nil,
            subject: dice.chance(92) ? subject : nil, agreed: agreed(to: world),
            evidence: evidence(for: definition, principal: principal), budget: budget(),
            orders: orders(for: tool.spec, of: definition, in: world.catalogue),
            isShared: dice.chance(20), editsMemory: dice.chance(50))
    }

    private mutating func trigger(of definition: AgentDefinition) -> Trigger {
        if definition.actsAs == .delegate, definition.tier == .three, dice.chance(70) { return .schedule }
        return dice.pick(weighted: [(46, .message), (47, .call), (4, .schedule), (3, .event)])
    }

    private mutating func tool(of world: World) -> (index: ToolIndex, spec: ToolSpec) {
        for _ in 0..<6 {
            let spec = dice.pick(world.catalogue.tools)
            guard let index = world.catalogue.index(of: spec.name) else { continue }
            if world.mayUse(spec) || dice.chance(8) { return (index, spec) }
        }
        let indices = world.catalogue.tools.compactMap { world.catalogue.index(of: $0.name) }
        let index = dice.pick(indices)
        return (index, world.catalogue[index])
    }

    private mutating func requester(of definition: AgentDefinition) -> Requester {
        if dice.chance(definition.actsAs == .assistant ? 3 : 8) {
            return dice.chance(70) ? .guest(SenderID("mail:eve@elsewhere.test")) : .nobody
        }
        let likely = definition.principals.sorted() + [definition.owner]
        return .person(dice.chance(45) ? dice.pick(likely) : person())
    }

    mutating func facets(for tool: ToolSpec, subject: String?) -> Facets {
        let destinations = Self.people.map(Destination.insider) + Self.outsiders + Self.outsiders
        var facets = Facets(destinations: dice.chance(55) ? dice.some(1...3, of: destinations) : [])
        if tool.namesSubject { facets.subject = dice.chance(88) ? subject : dice.pick(["worker-zoe", nil]) }
        if dice.chance(8) { facets.unexplained = dice.some(1...2, of: ["x", "y", "z"]) }
        return facets
    }

    private mutating func standing() -> StandingFacts {
        StandingFacts(
            organization: standing(of: 1), agent: standing(of: 1), person: standing(of: 1), client: standing(of: 2),
            isStopped: dice.chance(1))
    }

    private mutating func standing(of percent: Int) -> Standing {
        dice.chance(percent) ? dice.pick([.suspended, .removed, .expired]) : .active
    }

    private mutating func ceiling() -> EffectSet {
        dice.chance(85) ? .all : EffectSet(dice.some(of: Effect.allCases, percent: 75))
    }

    private mutating func agents() -> Set<AgentID> {
        dice.chance(98) ? [Self.agent, AgentID("another")] : [AgentID("another")]
    }

    mutating func labels() -> Labels {
        Labels(
            integrity: dice.pick(weighted: [(25, .ownWords), (10, .agentDocuments), (15, .colleague), (50, .outsider)]),
            readers: dice.chance(35)
                ? .organization : dice.chance(20) ? .account(of: dice.pick(Generator.people)) : .only(people(60)),
            classes: DataClasses(dice.some(of: [.contacts, .financial], percent: 8)))
    }

    private mutating func connections(for tool: ToolSpec, principal: PersonID?) -> [ConnectionFacts] {
        var owners: [Owner] = [.agent(Self.agent)] + (principal.map { [Owner.person($0)] } ?? [])
        owners = dice.some(of: owners, percent: 95) + dice.some(of: owners, percent: 5)
        owners += dice.some(0...2, of: Self.people.map(Owner.person) + [.agent(AgentID("another"))])
        owners.shuffle(using: &dice)
        return owners.enumerated().map { number, owner in
            ConnectionFacts(
                id: ConnectionID("c\(number)"), provider: dice.chance(97) ? tool.provider : dice.pick(Self.providers),
                owner: owner, host: dice.chance(97) ? tool.host : "api.other.test", account: "account-\(number)",
                scopes: Set(dice.some(of: ["r", "w"], percent: 95)),
                health: dice.pick(weighted: [(94, .healthy), (3, .broken), (3, .revoked)]),
                lacks: dice.chance(3) ? [tool.name: ["x"]] : dice.chance(5) ? ["another.tool": ["x"]] : [:],
                assertedAs: dice.chance(25) ? dice.pick(Self.subjects) : nil)
        }
    }

    /// Mostly one that is there, whoever owns it.
    private mutating func chosen(among connections: [ConnectionFacts]) -> ChosenAccount? {
        guard dice.chance(96), !connections.isEmpty else {
            return ChosenAccount(connection: ConnectionID("c9"), account: "account-9")
        }
        let one = dice.pick(connections)
        return ChosenAccount(connection: one.id, account: dice.chance(95) ? one.account : "account-9")
    }

    private mutating func agreed(to world: World) -> Set<Capability>? {
        guard dice.chance(97) else { return nil }
        return dice.chance(92) ? world.mandate.capabilities : world.mandate.capabilities.filter { $0.effect == .read }
    }

    private mutating func evidence(for definition: AgentDefinition, principal: PersonID?) -> [Evidence] {
        guard dice.chance(60) else { return [] }
        let entitled = [definition.owner] + definition.approvers.sorted() + (principal.map { [$0, $0, $0] } ?? [])
        return (0...dice.below(3)).map { _ in
            Evidence(
                kind: dice.pick(weighted: [(65, .approval), (28, .window), (7, .order)]),
                by: dice.chance(85) ? dice.pick(entitled) : person())
        }
    }

    private mutating func budget() -> BudgetFacts {
        BudgetFacts(callsThisMinute: dice.below(4), callsToday: dice.below(4), concurrent: dice.below(4))
    }
}

extension EffectSet {
    init(_ effects: [Effect]) {
        self = effects.reduce(into: EffectSet()) { $0.formUnion(EffectSet($1)) }
    }
}

extension World {
    /// On whose behalf, by walking the definition.
    func naivePrincipal(of requester: Requester) -> PersonID? {
        var person: PersonID?
        if case .person(let somebody) = requester { person = somebody }
        switch definition.actsAs {
        case .none, .claw: return nil
        case .assistant: return person
        case .delegate:
            let principals = definition.principals.sorted()
            return principals.first { $0 == person } ?? (principals.count == 1 ? principals.first : nil)
        }
    }

    /// Whether some list provides the tool; only to make requests that get somewhere.
    func mayUse(_ tool: ToolSpec) -> Bool {
        mandate.capabilities.contains { $0.provider == tool.provider && $0.effect == tool.effect }
    }
}
