import Authority
import Testing

@Suite struct EditingTests {
    private func mandate(_ definition: AgentDefinition) throws -> Mandate {
        try Mandate(compiling: definition, with: .small)
    }

    private func claw(_ change: (inout AgentDefinition) -> Void) throws -> Mandate {
        var definition = AgentDefinition.claw
        change(&definition)
        return try mandate(definition)
    }

    @Test func `what an owner wants to be asked for is lifted by no detour`() throws {
        var before = AgentDefinition.assistant
        before.ask = ["gmail.send"]
        var detour = before
        detour.ask = []
        detour.deny = ["gmail.send"]
        let problems = beyondEditing(from: try mandate(before), to: try mandate(detour))
        #expect(problems == ["only its owner takes `gmail.send` from what is asked for"])
    }

    @Test func `a list may become shorter, and the agent's own account gets nothing by it`() throws {
        let slots = try claw { _ in }
        let listed = try claw { $0.tools = ["gmail.search"] }
        #expect(beyondEditing(from: slots, to: listed).isEmpty)
        #expect(
            beyondEditing(from: listed, to: slots) == ["only its owner lets it do everything that its own accounts can"]
        )
        let wider = try claw { $0.tools = ["gmail.search", "gmail.s*"] }
        #expect(
            beyondEditing(from: listed, to: wider) == [
                "only its owner adds `gmail.s*`, which may use the agent's own account"
            ])
        let denied = try claw { $0.deny = ["gmail.send"] }
        #expect(beyondEditing(from: slots, to: denied).isEmpty)
        #expect(
            beyondEditing(from: denied, to: slots) == [
                "only its owner takes `gmail.send` from what is denied, since it may use the agent's own account"
            ])
    }

    @Test func `a slot of the agent's own comes from its owner`() throws {
        let before = AgentDefinition.assistant
        var (more, other) = (before, before)
        more.slots.append(Slot(provider: ProviderID("rippling"), owner: .agent))
        other.slots[0] = Slot(provider: ProviderID("notion"), owner: .agent)
        #expect(
            beyondEditing(from: try mandate(before), to: try mandate(more)) == [
                "only its owner gives it an account of its own at `rippling`"
            ])
        #expect(
            beyondEditing(from: try mandate(before), to: try mandate(other)) == [
                "only its owner changes whose account is used at `notion`"
            ])
        more.slots[2] = Slot(provider: ProviderID("rippling"), owner: .person)
        #expect(beyondEditing(from: try mandate(before), to: try mandate(more)).isEmpty)
    }

    @Test func `a hard block stays, whoever edits`() throws {
        let before = try mandate(.assistant)
        var fewer = AgentDefinition.assistant
        fewer.restricted = [.contacts]
        #expect(beyondAnyEdit(from: before, to: try mandate(fewer)) == ["`restricted` isn't changed by an edit"])
        #expect(beyondAnyEdit(from: try mandate(fewer), to: before).isEmpty)
    }

    /// Judged by the tools of today, and looked at with those of tomorrow.
    @Test func `whatever an editor does, an agent's own accounts do nothing more, also once there are more tools`()
        throws
    {
        var generator = Generator(seed: 49)
        var (within, beyond, wider) = (0, 0, 0)
        while within + beyond < 4_000 {
            let tomorrow = generator.catalogue()
            var before = generator.definition(for: tomorrow, errors: 0)
            if generator.dice.chance(60) { before.allow = nil }
            var after = before
            generator.edit(&after, tomorrow)
            let today = generator.today(of: tomorrow)
            guard let old = try? Mandate(compiling: before, with: today),
                let new = try? Mandate(compiling: after, with: today),
                let oldLater = try? Mandate(compiling: before, with: tomorrow),
                let newLater = try? Mandate(compiling: after, with: tomorrow)
            else { continue }
            let gained = Set(newLater.allowedTools).subtracting(oldLater.allowedTools)
            guard beyondEditing(from: old, to: new).isEmpty else {
                beyond += 1
                continue
            }
            within += 1
            if !gained.isEmpty { wider += 1 }
            for tool in gained where tool.needsConnection {
                let slot = after.slots.first { $0.provider == tool.provider }
                #expect(slot?.owner == .person, "\(tool.name): \(before) became \(after)")
            }
        }
        #expect(within > 1_000 && beyond > 500 && wider > 100, "\(within) within, \(beyond) beyond, \(wider) wider")
    }
}

extension Generator {
    /// Changes what an editor might touch, in one place or several.
    fileprivate mutating func edit(_ definition: inout AgentDefinition, _ catalogue: ToolCatalogue) {
        for _ in 0...dice.below(2) {
            let more = patterns(1...1, catalogue, errors: 0)
            switch dice.below(7) {
            case 0: definition.tools += more
            case 1: definition.tools = dice.chance(30) ? [] : dice.some(of: definition.tools, percent: 60)
            case 2: definition.allow = dice.chance(30) ? nil : (definition.allow ?? []) + more
            case 3: definition.deny = dice.some(of: definition.deny, percent: 50)
            case 4: definition.deny += more
            case 5: definition.slots = dice.some(of: definition.slots, percent: 80)
            default:
                let provider = dice.pick(Self.providers)
                definition.slots.removeAll { $0.provider == provider }
                definition.slots.append(Slot(provider: provider, owner: dice.chance(70) ? .person : .agent))
            }
        }
    }

    /// The same providers with fewer tools.
    fileprivate mutating func today(of tomorrow: ToolCatalogue) -> ToolCatalogue {
        let tools = dice.some(of: tomorrow.tools, percent: 60)
        let names = Set(tools.map(\.name))
        return ToolCatalogue(
            tools: tools, groups: tomorrow.groups.mapValues { $0.filter(names.contains) },
            remote: tomorrow.providers)
    }
}
