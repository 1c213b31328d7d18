import Authority

/// Makes definitions, catalogues and requests from a seed. Nothing here iterates a set or a dictionary: their order
/// differs from run to run.
struct Generator {
    var dice: SplitMix

    init(seed: UInt64) {
        dice = SplitMix(seed: seed)
    }

    static let people: [PersonID] = ["alice", "bob", "carol", "dana"].map { PersonID($0) }
    static let organization = OrganizationID("acme")
    static let agent = AgentID("helper")
    static let providers: [ProviderID] = ["notion", "gmail", "rippling", "okta", "clock"].map { ProviderID($0) }
    static let subjects = ["assistant@acme.test", "robot@acme.test"]
    static let outsiders = ["eve@elsewhere.test", "#general"].map(Destination.outsider)

    mutating func person() -> PersonID { dice.pick(Self.people) }

    mutating func people(_ percent: Int) -> Set<PersonID> { Set(dice.some(of: Self.people, percent: percent)) }

    mutating func effect() -> Effect {
        dice.pick(weighted: [
            (42, .read), (5, .draft), (18, .send), (6, .share), (12, .create), (5, .update), (5, .delete),
            (5, .execute), (5, .administer),
        ])
    }

    mutating func catalogue() -> ToolCatalogue {
        var tools: [ToolSpec] = []
        for provider in Self.providers {
            let isCompanyWide = provider.raw == "rippling"
            for number in 1...(2 + dice.below(2)) {
                tools.append(
                    ToolSpec(
                        name: "\(provider).do_\(number)", provider: provider, effect: effect(),
                        scopes: Set(dice.some(of: ["r", "w"], percent: 35)), host: "api.\(provider).test",
                        needsConnection: provider.raw != "clock", isIdentityProvider: provider.raw == "okta",
                        isCompanyWide: isCompanyWide, namesSubject: isCompanyWide && dice.chance(85),
                        changesAgent: provider.raw == "clock" && dice.chance(40)))
            }
        }
        let names = tools.map(\.name)
        return ToolCatalogue(
            tools: tools,
            groups: [
                "group:notion": names.filter { $0.hasPrefix("notion.") }, "group:mixed": dice.some(2...4, of: names),
            ])
    }
}

/// One definition with its mandate, and what stands around it.
struct World {
    var catalogue: ToolCatalogue
    var definition: AgentDefinition
    var mandate: Mandate

    /// The same definition, changed; nil when it doesn't compile any more.
    func changed(_ change: (inout AgentDefinition) -> Void) -> World? {
        var definition = definition
        change(&definition)
        guard let mandate = try? Mandate(compiling: definition, with: catalogue) else { return nil }
        return World(catalogue: catalogue, definition: definition, mandate: mandate)
    }

    func naive(_ request: Request, fault: Fault? = nil) -> NaiveAnswer {
        NaiveEvaluation.answer(request, definition, catalogue, fault: fault)
    }
}

extension Generator {
    /// A world whose definition compiles.
    mutating func world() -> World {
        while true {
            let catalogue = catalogue()
            let definition = definition(for: catalogue, errors: 0)
            if let mandate = try? Mandate(compiling: definition, with: catalogue) {
                return World(catalogue: catalogue, definition: definition, mandate: mandate)
            }
        }
    }
}
