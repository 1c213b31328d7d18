import Authority
import Testing

@Suite struct CompilerTests {
    @Test func `an unknown tool is an error where it stands, with the name that was meant`() {
        let lists: [(String, WritableKeyPath<AgentDefinition, [String]>)] = [
            ("tools", \.tools), ("tools.deny", \.deny), ("guests.tools", \.guests), ("ask", \.ask),
        ]
        for (place, list) in lists {
            var definition = AgentDefinition.assistant
            definition[keyPath: list].append("notion.serach")
            let message = "no tool is called `notion.serach`"
            #expect(
                problems(definition) == [
                    DefinitionProblem(place: place, message: message, hint: "did you mean `notion.search`?")
                ])
        }
    }

    @Test func `an unknown tool is an error in allow, lifts and grants too`() {
        var assistant = AgentDefinition.assistant
        assistant.allow = ["notion.get", "notion.serach"]
        assistant.lifts = [Lift(tools: "gmail.sned", destinations: .insiders)]
        #expect(problems(assistant).map(\.place) == ["tools.allow", "lift"])
        #expect(problems(assistant).map(\.hint) == ["did you mean `notion.search`?", "did you mean `gmail.send`?"])

        var delegate = AgentDefinition.delegate
        delegate.grants = [NamedGrant(principal: PersonID("dana"), person: PersonID("bob"), tools: "gmail.snd")]
        #expect(problems(delegate).map(\.place) == ["grants"])
        #expect(problems(delegate).map(\.hint) == ["did you mean `gmail.send`?"])
    }

    @Test func `a name that resembles nothing gets a hint where to look`() {
        var definition = AgentDefinition.assistant
        definition.deny = ["salesforce.query", "xyz.*", "group:nothing-like-it"]
        #expect(problems(definition).count == 3)
        for problem in problems(definition) { #expect(problem.hint == "see the tools with `deputy tools list`") }
    }

    @Test func `an unknown group is an error with the group that was meant`() {
        var definition = AgentDefinition.assistant
        definition.deny = ["group:readin"]
        #expect(problems(definition).map(\.hint) == ["did you mean `group:reading`?"])
    }

    @Test func `an unknown provider of a slot is an error with the provider that was meant`() {
        var definition = AgentDefinition.assistant
        definition.slots.append(Slot(provider: ProviderID("notoin"), owner: .person))
        #expect(
            problems(definition) == [
                DefinitionProblem(
                    place: "slots", message: "no provider is called `notoin`", hint: "did you mean `notion`?")
            ])
    }

    @Test func `two slots for one provider are a contradiction`() {
        var definition = AgentDefinition.assistant
        definition.slots.append(Slot(provider: ProviderID("notion"), owner: .agent))
        #expect(problems(definition).map(\.place) == ["slots"])
    }

    @Test func `what leaves the organization can't be lifted`() {
        var definition = AgentDefinition.assistant
        definition.lifts = [Lift(tools: "gmail.send", destinations: .outsiders)]
        #expect(problems(definition).map(\.place) == ["lift"])
        #expect(problems(definition).map(\.hint) == ["lift it for `nobody` or `insiders`"])
    }

    @Test(arguments: [ActsAs.claw, .delegate])
    func `an agent with its own connections can't fill a person's slot`(actsAs: ActsAs) {
        var definition = actsAs == .claw ? AgentDefinition.claw : .delegate
        definition.slots = [Slot(provider: ProviderID("gmail"), owner: .person)]
        #expect(problems(definition).map(\.place) == ["slots"])
        #expect(problems(definition).allSatisfy { $0.hint?.contains("`gmail:agent`") == true })
    }

    @Test func `tier and principals belong to delegates, who need both`() {
        for definition in [AgentDefinition.assistant, .claw] {
            var wrong = definition
            wrong.tier = .one
            wrong.principals = [PersonID("dana")]
            #expect(problems(wrong).map(\.place) == ["tier", "principals"])
        }
        var delegate = AgentDefinition.delegate
        delegate.tier = nil
        delegate.principals = []
        #expect(problems(delegate).map(\.place) == ["tier", "principals"])
    }

    @Test func `only a principal grants something`() {
        var definition = AgentDefinition.delegate
        definition.grants = [NamedGrant(principal: PersonID("alice"), person: PersonID("bob"), tools: "gmail.send")]
        #expect(problems(definition).map(\.place) == ["grants"])
    }

    @Test func `a tool that is provided needs a slot, unless it is denied or needs no connection`() {
        var definition = AgentDefinition.assistant
        definition.allow = ["notion.*", "rippling.*", "clock.now"]
        #expect(problems(definition).map(\.place) == ["tools"])
        #expect(problems(definition).allSatisfy { $0.message.contains("`rippling.worker`") })
        definition.deny = ["rippling.worker"]
        #expect(problems(definition).isEmpty)
    }

    @Test func `everything that is wrong is told at once`() {
        var definition = AgentDefinition.claw
        definition.tier = .two
        definition.deny = ["nothing.at.all"]
        definition.slots = [
            Slot(provider: ProviderID("gmail"), owner: .person), Slot(provider: ProviderID("gmial"), owner: .agent),
        ]
        #expect(Set(problems(definition).map(\.place)) == ["slots", "tier", "tools.deny"])
        for problem in problems(definition) {
            #expect(!problem.message.hasSuffix(".") && problem.message.first?.isUppercase == false)
        }
    }

    @Test func `an agent without identity compiles, so that it can be listed`() {
        var definition = AgentDefinition.assistant
        definition.actsAs = nil
        #expect(problems(definition).isEmpty)
    }

    @Test func `a naive reading finds problems at the same places`() {
        var generator = Generator(seed: 11)
        var wrong = 0
        for _ in 0..<1_500 {
            let catalogue = generator.catalogue()
            let definition = generator.definition(for: catalogue, errors: 3)
            let places = Set(problems(definition, with: catalogue).map(\.place))
            #expect(places == naiveProblems(of: definition, with: catalogue), "\(definition)")
            if !places.isEmpty { wrong += 1 }
        }
        print("generated definitions: \(wrong) of 1500 with problems")
        #expect(wrong > 200 && wrong < 1_200)
    }

    private func problems(_ definition: AgentDefinition, with catalogue: ToolCatalogue = .small) -> [DefinitionProblem]
    {
        do throws(DefinitionProblems) {
            _ = try Mandate(compiling: definition, with: catalogue)
            return []
        } catch {
            return error.problems
        }
    }
}
