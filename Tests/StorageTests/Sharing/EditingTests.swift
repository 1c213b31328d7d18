import Authority
import Gate
import Registry
import Testing
import Wire

@Suite struct EditingTests {
    private typealias Stage = SharingStage

    private func edit(_ stage: SharingStage, _ changes: JSONObject, by person: PersonID) async throws {
        _ = try await stage.administration.editAgent(
            Stage.onboarding, changes: changes, by: .person(person), in: Stage.acme)
    }

    @Test(arguments: StoreKind.allCases)
    func `an editor adds what goes through each user's own account, and the leaf names them`(kind: StoreKind)
        async throws
    {
        let stage = try await Stage(kind)
        _ = try await stage.share(Stage.onboarding, .person(Stage.bob), [.use, .edit])
        try await edit(stage, ["tools": ["notion.*", "slack.post"]], by: Stage.bob)
        let leaf = try #require(try await stage.leaves().last)
        #expect(leaf["change"]?.stringValue == "agent.edited" && leaf["by"]?.stringValue == "person:bob")
        #expect(leaf["new"]?.arrayValue?.count == 3)
        #expect(
            try await stage.administration.agent(Stage.onboarding, in: Stage.acme).tools
                == ["notion.search", "notion.write", "slack.post"])
    }

    @Test func `without the right nobody edits, and who may not even use it isn't told that it is there`() async throws
    {
        let stage = try await Stage(.memory)
        _ = try await stage.share(Stage.onboarding, .person(Stage.bob), [.use])
        let user = await #expect(throws: RegistryError.self) {
            try await edit(stage, ["ask": ["notion.*"]], by: Stage.bob)
        }
        #expect(user?.code == .refused)
        let stranger = await #expect(throws: RegistryError.self) {
            try await edit(stage, ["ask": ["notion.*"]], by: Stage.carol)
        }
        #expect(stranger?.code == .unknown)
    }

    private static let beyond: [(String, JSON, String)] = [
        ("users", "everyone", "only its owner changes `users`"),
        ("approvers", ["bob"], "only its owner changes `approvers`"),
        ("owner", "bob", "only its owner changes `owner`"),
        ("restricted", [], "only its owner changes `restricted`"),
        ("lift", [["tools": "notion.write", "destinations": "insiders"]], "only its owner changes `lift`"),
        (
            "slots", ["notion:agent", "slack:person"],
            "only its owner changes whose account `notion.search` uses"
        ),
        ("budget", ["callsPerDay": 9], "only its owner changes `budget`"),
    ]

    @Test(arguments: beyond)
    func `an editor never widens beyond what they could use themselves`(
        key: String, value: JSON, told: String
    ) async throws {
        let stage = try await Stage(.memory)
        _ = try await stage.share(Stage.onboarding, .person(Stage.bob), [.use, .edit])
        let error = await #expect(throws: RegistryError.self) { try await edit(stage, [key: value], by: Stage.bob) }
        #expect(error?.code == .refused && error?.message.contains(told) == true)
        try await edit(stage, [key: value], by: Stage.dana)
    }

    @Test func `a person clones what was shared so, and what they make is theirs alone`() async throws {
        let stage = try await Stage(.memory)
        func clone(_ person: PersonID) async throws -> AgentDefinition {
            try await stage.administration.clone(
                Stage.onboarding, as: AgentID("copy-\(person)"), .assistant, owner: Stage.dana, tier: nil,
                principals: [], by: .person(person), in: Stage.acme
            ).definition
        }
        _ = try await stage.share(Stage.onboarding, .person(Stage.bob), [.use])
        let user = await #expect(throws: RegistryError.self) { try await clone(Stage.bob) }
        #expect(user?.message == "`bob` has no right to clone `onboarding`")
        let stranger = await #expect(throws: RegistryError.self) { try await clone(Stage.carol) }
        #expect(stranger?.code == .unknown)
        _ = try await stage.share(Stage.onboarding, .person(Stage.bob), [.clone])
        let copy = try await clone(Stage.bob)
        #expect(copy.owner == Stage.bob && copy.users == .only([Stage.bob]) && copy.approvers.isEmpty)
        #expect(try await stage.administration.shares(of: copy.agent, in: Stage.acme).isEmpty)
    }

    @Test func `an editor of a claw takes away, and adds nothing that its own account would do`() async throws {
        let stage = try await Stage(.memory)
        _ = try await stage.share(Stage.product, .person(Stage.bob), [.edit])
        func edit(_ changes: JSONObject) async throws {
            _ = try await stage.administration.editAgent(
                Stage.product, changes: changes, by: .person(Stage.bob), in: Stage.acme)
        }
        try await edit(["deny": ["notion.write"]])
        let error = await #expect(throws: RegistryError.self) { try await edit(["deny": []]) }
        #expect(error?.message == "only its owner adds `notion.write`, which uses the agent's own account")
        try await edit(["ask": ["notion.search"]])
        await #expect(throws: RegistryError.self) { try await edit(["ask": []]) }
    }

    @Test(arguments: StoreKind.allCases)
    func `a wider assistant waits until each person agreed to exactly the difference`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        let client = try await stage.administration.createToken(
            for: Stage.alice, agents: [Stage.onboarding], label: "", seconds: 3600, by: Stage.operating, in: Stage.acme
        ).record.id
        let request = ToolCallRequest(
            organization: Stage.acme, agent: Stage.onboarding, requester: .person(Stage.alice), client: client,
            trigger: .call, tool: "slack.post", arguments: [:])
        func isAgreed() async throws -> Bool {
            let facts = try #require(try await stage.facts.facts(for: request))
            return facts.agreed?.isSuperset(of: facts.mandate.capabilities) == true
        }
        func difference() async throws -> AgreementDifference {
            try #require(try await stage.agreements.differences(for: Stage.alice, in: Stage.acme).first)
        }
        #expect(try await isAgreed())
        #expect(try await difference().new.isEmpty)
        _ = try await stage.share(Stage.onboarding, .person(Stage.bob), [.edit])
        try await edit(stage, ["tools": ["notion.*", "slack.post"]], by: Stage.bob)
        #expect(try await !isAgreed())
        let seen = try await difference()
        #expect(
            seen.new.map(\.sentence) == [
                "send at slack (https://slack.test)", "send at slack towards anybody outside (https://slack.test)",
                "send at slack towards people of the organization (https://slack.test)",
            ])
        #expect(seen.agreed.allSatisfy { $0.provider == ProviderID("notion") })

        try await edit(stage, ["tools": ["notion.search", "slack.post"]], by: Stage.bob)
        let stale = await #expect(throws: RegistryError.self) {
            try await stage.agreements.agree(
                to: Stage.onboarding, by: Stage.alice, in: Stage.acme, shown: seen.shown)
        }
        #expect(stale?.code == .refused)
        #expect(try await !isAgreed())
        try await stage.agreements.agree(
            to: Stage.onboarding, by: Stage.alice, in: Stage.acme, shown: try await difference().shown)
        #expect(try await isAgreed())
        await #expect(throws: RegistryError.self) {
            try await stage.agreements.agree(
                to: Stage.onboarding, by: Stage.carol, in: Stage.acme, shown: try await difference().shown)
        }
    }
}
