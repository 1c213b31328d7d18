import Authority

/// Where a definition is wrong, read off its lists: the places that the compiler's problems have to name.
func naiveProblems(of definition: AgentDefinition, with catalogue: ToolCatalogue) -> Set<String> {
    var places: Set<String> = []
    let lists: [(String, [String])] = [
        ("tools", definition.tools), ("tools.allow", definition.allow ?? []), ("tools.deny", definition.deny),
        ("guests.tools", definition.guests), ("ask", definition.ask), ("lift", definition.lifts.map(\.tools)),
        ("grants", definition.grants.map(\.tools)),
    ]
    for (place, patterns) in lists {
        for pattern in patterns where catalogue.groups[pattern] == nil {
            let isKnown = catalogue.tools.contains { means(pattern, $0.name, groups: [:]) }
            if !isKnown { places.insert(place) }
        }
    }
    if definition.lifts.contains(where: { $0.destinations == .outsiders }) { places.insert("lift") }
    if definition.grants.contains(where: { !definition.principals.contains($0.principal) }) { places.insert("grants") }

    for (number, slot) in definition.slots.enumerated() {
        let isKnown = catalogue.tools.contains { $0.provider == slot.provider }
        let isSecond = definition.slots[..<number].contains { $0.provider == slot.provider }
        let isPersons = slot.owner == .person && (definition.actsAs == .claw || definition.actsAs == .delegate)
        if !isKnown || isSecond || isPersons { places.insert("slots") }
    }
    for tool in catalogue.tools where tool.needsConnection {
        let isProvided = naivelyProvides(definition, tool, catalogue)
        let hasSlot = definition.slots.contains { $0.provider == tool.provider }
        if isProvided, !hasSlot { places.insert("tools") }
    }

    switch definition.actsAs {
    case .none: break
    case .delegate:
        if definition.tier == nil { places.insert("tier") }
        if definition.principals.isEmpty { places.insert("principals") }
    case .assistant, .claw:
        if definition.tier != nil { places.insert("tier") }
        if !definition.principals.isEmpty { places.insert("principals") }
    }
    return places
}

/// Whether the lists leave the tool to the agent.
func naivelyProvides(_ definition: AgentDefinition, _ tool: ToolSpec, _ catalogue: ToolCatalogue) -> Bool {
    func mentions(_ patterns: [String]) -> Bool {
        patterns.contains { means($0, tool.name, groups: catalogue.groups) }
    }
    if mentions(definition.deny) { return false }
    if let allow = definition.allow { return mentions(allow) }
    if !definition.tools.isEmpty { return mentions(definition.tools) }
    return definition.slots.contains { $0.provider == tool.provider }
}
