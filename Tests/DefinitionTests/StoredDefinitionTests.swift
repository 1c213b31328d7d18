import Authority
import Definition
import Testing
import Wire

struct StoredDefinitionTests {
    private static let whole: AgentDefinition = {
        var definition = AgentDefinition(
            organization: OrganizationID("acme"), agent: AgentID("ops"), owner: PersonID("dana"))
        definition.actsAs = .delegate
        definition.tier = .two
        definition.principals = [PersonID("dana"), PersonID("alice")]
        definition.users = .only([PersonID("bob")])
        definition.approvers = [PersonID("carol")]
        definition.slots = [Slot(provider: ProviderID("gmail"), owner: .agent)]
        definition.tools = ["gmail.*"]
        definition.allow = ["gmail.search"]
        definition.deny = ["gmail.send"]
        definition.guests = ["gmail.search"]
        definition.ask = ["gmail.get_message"]
        definition.lifts = [Lift(tools: "gmail.send", destinations: .insiders)]
        definition.grants = [NamedGrant(principal: PersonID("dana"), person: PersonID("bob"), tools: "gmail.search")]
        definition.budget = Budget(callsPerMinute: 1, callsPerDay: 2, concurrent: 3)
        definition.restricted = [.contacts]
        definition.subjects = ["ops@acme.test"]
        return definition
    }()

    private func read(_ json: JSON) throws -> AgentDefinition {
        try AgentDefinition(json: json, organization: OrganizationID("acme"), agent: AgentID("ops"))
    }

    @Test func `a definition that is written and read is the same`() throws {
        #expect(try read(StoredDefinitionTests.whole.json) == StoredDefinitionTests.whole)
        let bare = AgentDefinition(
            organization: OrganizationID("acme"), agent: AgentID("ops"), owner: PersonID("dana"))
        #expect(try read(bare.json) == bare)
    }

    @Test func `an empty allow list is not an absent one`() throws {
        var definition = StoredDefinitionTests.whole
        definition.allow = []
        #expect(try read(definition.json).allow == [])
        definition.allow = nil
        #expect(try read(definition.json).allow == nil)
    }

    @Test func `nothing unknown is dropped silently`() throws {
        var object = try #require(StoredDefinitionTests.whole.json.objectValue)
        object["denny"] = ["gmail.send"]
        object["tier"] = "two"
        let problems = #expect(throws: DefinitionProblems.self) { try read(.object(object)) }
        #expect(problems?.problems.map(\.place).sorted() == ["denny", "tier"])
        #expect(problems?.problems.compactMap(\.hint) == ["did you mean `deny`?"])
    }
}
