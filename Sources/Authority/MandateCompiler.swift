/// One thing that is wrong with a definition: where it stands, the rule it breaks, the way out.
public struct DefinitionProblem: Error, Hashable, Sendable {
    /// The key in the definition, such as `tools.deny`.
    public let place: String
    public let message: String
    public let hint: String?

    public init(place: String, message: String, hint: String?) {
        self.place = place
        self.message = message
        self.hint = hint
    }
}

/// Everything that is wrong with a definition, at once.
public struct DefinitionProblems: Error, Hashable, Sendable {
    public let problems: [DefinitionProblem]

    public init(_ problems: [DefinitionProblem]) {
        self.problems = problems
    }
}

extension Mandate {
    /// Compiles a definition against the tools that this home knows.
    ///
    /// - Throws: every unknown name and every contradiction of the definition, with a suggestion where there is one.
    public init(compiling definition: AgentDefinition, with catalogue: ToolCatalogue) throws(DefinitionProblems) {
        var compiler = MandateCompiler(definition: definition, catalogue: catalogue)
        let slots = compiler.slots()
        let provided = compiler.resolve(definition.tools, at: "tools")
        allowed =
            if let allow = definition.allow {
                compiler.resolve(allow, at: "tools.allow")
            } else {
                definition.tools.isEmpty ? compiler.everythingOf(slots) : provided
            }
        denied = compiler.resolve(definition.deny, at: "tools.deny")
        guests = compiler.resolve(definition.guests, at: "guests.tools")
        asked = compiler.resolve(definition.ask, at: "ask")
        liftedForNobody = compiler.lifted(for: .nobody)
        liftedForInsiders = compiler.lifted(for: .insiders)
        grants = compiler.grants()
        self.slots = slots
        compiler.checkIdentity()
        compiler.checkToolsHaveSlots(allowed: allowed, denied: denied, slots: slots)
        guard compiler.problems.isEmpty else { throw DefinitionProblems(compiler.problems) }
        self.definition = definition
        self.catalogue = catalogue
        capabilities = MandateCompiler.capabilities(of: catalogue, allowed: allowed, denied: denied)
    }
}

struct MandateCompiler {
    let definition: AgentDefinition
    let catalogue: ToolCatalogue
    private(set) var problems: [DefinitionProblem] = []

    init(definition: AgentDefinition, catalogue: ToolCatalogue) {
        self.definition = definition
        self.catalogue = catalogue
    }

    mutating func problem(at place: String, _ message: String, hint: String?) {
        problems.append(DefinitionProblem(place: place, message: message, hint: hint))
    }

    mutating func resolve(_ patterns: [String], at place: String) -> BitSet {
        var set = BitSet(capacity: catalogue.tools.count)
        for text in patterns {
            guard let found = Pattern(text: text).resolve(in: catalogue) else {
                // Quarantined tools grant nothing, and don't make the agent unusable.
                if catalogue.isRemote(text) { continue }
                problem(at: place, "no tool is called `\(text)`", hint: suggestion(for: text))
                continue
            }
            for index in found { set.insert(index) }
        }
        return set
    }

    func everythingOf(_ slots: [Slot?]) -> BitSet {
        var set = BitSet(capacity: catalogue.tools.count)
        for (index, slot) in slots.enumerated() where slot != nil { set.insert(index) }
        return set
    }

    mutating func slots() -> [Slot?] {
        var byProvider: [ProviderID: Slot] = [:]
        for slot in definition.slots {
            if !catalogue.providers.contains(slot.provider) {
                problem(
                    at: "slots", "no provider is called `\(slot.provider)`",
                    hint: nearest(slot.provider.raw, among: catalogue.providers.map(\.raw)).map {
                        "did you mean `\($0)`?"
                    })
            }
            if byProvider.updateValue(slot, forKey: slot.provider) != nil {
                problem(
                    at: "slots", "`\(slot.provider)` has two slots", hint: "an agent has one slot for each provider")
            }
        }
        return catalogue.tools.map { byProvider[$0.provider] }
    }

    mutating func lifted(for destinations: DestinationClass) -> BitSet {
        var set = BitSet(capacity: catalogue.tools.count)
        for lift in definition.lifts {
            if lift.destinations == .outsiders, destinations == .nobody {
                problem(
                    at: "lift",
                    "what leaves the organization always needs an approval; `\(lift.tools)` can't be lifted",
                    hint: "lift it for `nobody` or `insiders`")
            }
            guard lift.destinations == destinations else { continue }
            guard let found = Pattern(text: lift.tools).resolve(in: catalogue) else {
                problem(at: "lift", "no tool is called `\(lift.tools)`", hint: suggestion(for: lift.tools))
                continue
            }
            for index in found { set.insert(index) }
        }
        return set
    }

    mutating func grants() -> [Mandate.CompiledGrant] {
        var compiled: [Mandate.CompiledGrant] = []
        for grant in definition.grants {
            if !definition.principals.contains(grant.principal) {
                problem(
                    at: "grants", "`\(grant.principal)` grants something here but isn't a principal of this agent",
                    hint: "add `\(grant.principal)` to `principals`, or remove the grant")
            }
            compiled.append(
                Mandate.CompiledGrant(
                    principal: grant.principal, person: grant.person, tools: resolve([grant.tools], at: "grants")))
        }
        return compiled
    }

    /// What the identity demands of the other keys.
    mutating func checkIdentity() {
        switch definition.actsAs {
        case .none: break
        case .assistant, .claw:
            if let tier = definition.tier {
                problem(at: "tier", "tier \(tier.rawValue) is for delegates only", hint: "remove `tier`")
            }
            if !definition.principals.isEmpty {
                problem(at: "principals", "only a delegate has principals", hint: "remove `principals`")
            }
        case .delegate:
            if definition.tier == nil {
                problem(at: "tier", "a delegate needs a tier", hint: "start with tier 1: read and draft")
            }
            if definition.principals.isEmpty {
                problem(at: "principals", "a delegate needs at least one principal", hint: "name who it acts for")
            }
        }
        guard definition.actsAs == .claw || definition.actsAs == .delegate else { return }
        for slot in definition.slots where slot.owner == .person {
            problem(
                at: "slots",
                "a \(definition.actsAs?.rawValue ?? "") uses its own connections; `\(slot.provider):person` can't be filled",
                hint: "write `\(slot.provider):agent`, or make the agent an assistant")
        }
    }

    mutating func checkToolsHaveSlots(allowed: BitSet, denied: BitSet, slots: [Slot?]) {
        for (index, tool) in catalogue.tools.enumerated() {
            guard allowed.contains(index), !denied.contains(index) else { continue }
            if tool.needsConnection, slots[index] == nil {
                problem(
                    at: "tools",
                    "`\(tool.name)` needs a connection to `\(tool.provider)`, and the agent has no slot for it",
                    hint: "add the slot `\(tool.provider):person` or `\(tool.provider):agent`")
            }
        }
    }

    private func suggestion(for text: String) -> String? {
        let names = catalogue.tools.map(\.name) + catalogue.groups.keys.sorted()
        return nearest(text, among: names).map { "did you mean `\($0)`?" }
            ?? "see the tools with `deputy tools list`"
    }

    static func capabilities(of catalogue: ToolCatalogue, allowed: BitSet, denied: BitSet) -> Set<Capability> {
        var set: Set<Capability> = []
        for (index, tool) in catalogue.tools.enumerated() where allowed.contains(index) && !denied.contains(index) {
            let classes: [DestinationClass] = tool.effect.isSink ? DestinationClass.allCases : [.nobody]
            for destinations in classes {
                set.insert(
                    Capability(
                        provider: tool.provider, host: tool.host, effect: tool.effect, destinations: destinations))
            }
        }
        return set
    }
}
