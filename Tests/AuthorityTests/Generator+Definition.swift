import Authority

extension Generator {
    /// A definition as somebody might write it.
    ///
    /// - Parameter errors: how many of a hundred definitions get each kind of mistake.
    mutating func definition(for catalogue: ToolCatalogue, errors: Int) -> AgentDefinition {
        var definition = AgentDefinition(organization: Self.organization, agent: Self.agent, owner: person())
        definition.actsAs = dice.pick(weighted: [(2, nil), (42, .assistant), (30, .claw), (26, .delegate)])
        if definition.actsAs == .delegate || dice.chance(errors) {
            definition.tier = dice.pick(weighted: [(30, .one), (50, .two), (20, .three)])
            definition.principals = Set(dice.some(dice.chance(75) ? 1...1 : 2...2, of: Self.people))
        }
        definition.users = dice.chance(75) ? .everyone : .only(people(40))
        definition.approvers = people(25)
        definition.slots = slots(for: definition.actsAs, errors: errors)
        let usable = catalogue.tools.filter { tool in
            !tool.needsConnection || definition.slots.contains { $0.provider == tool.provider }
        }
        toolPolicy(of: &definition, usable: usable, catalogue, errors: errors)
        oversight(of: &definition, catalogue, errors: errors)
        definition.subjects = Set(dice.some(of: Self.subjects, percent: 92))
        definition.restricted = dice.pick([[.contacts, .financial], [.contacts, .financial], [.financial], []])
        return definition
    }

    private mutating func slots(for actsAs: ActsAs?, errors: Int) -> [Slot] {
        let canHavePersons = actsAs == .assistant || actsAs == nil
        var slots: [Slot] = []
        for provider in Self.providers where provider.raw != "clock" && dice.chance(88) {
            let isPersons = canHavePersons ? dice.chance(75) : dice.chance(errors)
            slots.append(Slot(provider: provider, owner: isPersons ? .person : .agent))
        }
        if dice.chance(errors) { slots.append(Slot(provider: ProviderID("notoin"), owner: .agent)) }
        if dice.chance(errors), let first = slots.first { slots.append(first) }
        return slots
    }

    private mutating func toolPolicy(
        of definition: inout AgentDefinition, usable: [ToolSpec], _ catalogue: ToolCatalogue, errors: Int
    ) {
        let provided = definition.slots.map { "\($0.provider).*" } + ["clock.*"]
        if dice.chance(45) {
            definition.tools = dice.chance(40) ? provided : dice.some(3...6, of: usable.map(\.name))
        }
        if dice.chance(55) {
            definition.allow = dice.chance(4) ? [] : dice.some(3...8, of: usable.map(\.name) + provided)
        }
        if dice.chance(errors) { definition.tools.append("group:mixed") }
        if dice.chance(errors) { definition.allow = (definition.allow ?? []) + ["*"] }
        if dice.chance(30) { definition.deny = patterns(1...2, catalogue, errors: errors) }
        if dice.chance(50) { definition.guests = patterns(2...4, catalogue, errors: errors) }
    }

    private mutating func oversight(
        of definition: inout AgentDefinition, _ catalogue: ToolCatalogue, errors: Int
    ) {
        if dice.chance(20) { definition.ask = patterns(1...2, catalogue, errors: errors) }
        if dice.chance(45) {
            definition.lifts = patterns(1...4, catalogue, errors: errors).map {
                Lift(tools: $0, destinations: dice.chance(errors) ? .outsiders : dice.pick([.nobody, .insiders]))
            }
        }
        if definition.actsAs == .delegate || dice.chance(errors), dice.chance(75) {
            let principals = definition.principals.sorted()
            definition.grants = patterns(1...4, catalogue, errors: errors).map {
                let isMistaken = principals.isEmpty || dice.chance(errors)
                let principal = isMistaken ? PersonID("nemo") : dice.pick(principals)
                return NamedGrant(principal: principal, person: person(), tools: dice.chance(30) ? "*" : $0)
            }
        }
        if dice.chance(9) { definition.budget.callsPerMinute = 1 + dice.below(6) }
        if dice.chance(9) { definition.budget.callsPerDay = 1 + dice.below(6) }
        if dice.chance(9) { definition.budget.concurrent = 1 + dice.below(6) }
    }

    /// Names, globs and groups that mean something, and now and then one that doesn't.
    mutating func patterns(_ count: ClosedRange<Int>, _ catalogue: ToolCatalogue, errors: Int) -> [String] {
        (0..<(count.lowerBound + dice.below(count.count))).map { _ in
            if dice.chance(errors) { return dice.pick(["notion.do_9", "group:nothing", "gmali.*"]) }
            let name = dice.pick(catalogue.tools).name
            return dice.pick(weighted: [
                (70, name), (8, "group:notion"), (8, "group:mixed"), (10, "\(name.prefix(4))*"), (4, "*.do_2"),
            ])
        }
    }
}
