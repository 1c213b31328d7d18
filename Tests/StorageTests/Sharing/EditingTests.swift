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
        ("approvers", ["bob"], "only its owner changes `approvers`"),
        ("guests", ["notion.search"], "only its owner changes `guests`"),
        ("lift", [["tools": "notion.write", "destinations": "insiders"]], "only its owner changes `lift`"),
        (
            "slots", ["notion:agent", "slack:person"],
            "only its owner changes whose account is used at `notion`"
        ),
        ("budget", ["callsPerDay": 9], "only its owner changes `budget`"),
        ("subjects", ["assistant@acme.test"], "only its owner changes `subjects`"),
        ("ask", [], "only its owner takes `notion.write` from what is asked for"),
    ]

    @Test(arguments: beyond)
    func `an editor never widens beyond what they could use themselves`(
        key: String, value: JSON, told: String
    ) async throws {
        let stage = try await Stage(.memory)
        try await edit(stage, ["ask": ["notion.write"]], by: Stage.dana)
        _ = try await stage.share(Stage.onboarding, .person(Stage.bob), [.use, .edit])
        let error = await #expect(throws: RegistryError.self) { try await edit(stage, [key: value], by: Stage.bob) }
        #expect(error?.code == .refused && error?.message.contains(told) == true)
        try await edit(stage, [key: value], by: Stage.dana)
    }

    private static let never: [(String, JSON)] = [
        ("owner", "bob"), ("actsAs", "claw"), ("users", "everyone"), ("restricted", []), ("restricted", ["contacts"]),
        ("tier", 2), ("principals", ["bob", "dana"]),
        ("grants", [["principal": "dana", "person": "alice", "tools": "*"]]),
    ]

    @Test(arguments: never)
    func `no edit changes who an agent is, whose, for whom, who uses it, or a hard block`(
        key: String, value: JSON
    ) async throws {
        let stage = try await Stage(.memory)
        let agent = ["tier", "principals", "grants"].contains(key) ? Stage.secretary : Stage.onboarding
        _ = try await stage.share(agent, .person(Stage.bob), [.use, .edit])
        let before = try await stage.administration.agent(agent, in: Stage.acme).record.definition
        for person in [Stage.bob, Stage.dana] {
            let error = await #expect(throws: RegistryError.self) {
                try await stage.administration.editAgent(
                    agent, changes: [key: value], by: .person(person), in: Stage.acme)
            }
            #expect(error?.code == .refused, "\(error?.message ?? "")")
        }
        #expect(try await stage.administration.agent(agent, in: Stage.acme).record.definition == before)
    }

    @Test func `an owner forbids more to leave, and an editor keeps away from what is kept beside`() async throws {
        let stage = try await Stage(.memory)
        _ = try await stage.share(Stage.onboarding, .person(Stage.bob), [.edit])
        let error = await #expect(throws: RegistryError.self) {
            try await stage.administration.editAgent(
                Stage.onboarding, changes: [:], about: ["sandbox": ["mode": "off"]], by: .person(Stage.bob),
                in: Stage.acme)
        }
        #expect(error?.message == "only its owner changes `sandbox`")
        _ = try await stage.administration.editAgent(
            Stage.onboarding, changes: [:], about: ["sandbox": ["mode": "all"]], by: .person(Stage.dana), in: Stage.acme
        )
    }

    @Test func `a change that was made from an older definition isn't taken`() async throws {
        let stage = try await Stage(.memory)
        let read = try await stage.administration.agent(Stage.onboarding, in: Stage.acme).record.definition.digest
        try await edit(stage, ["deny": ["notion.write"]], by: Stage.dana)
        let error = await #expect(throws: RegistryError.self) {
            try await stage.administration.editAgent(
                Stage.onboarding, changes: ["deny": ["slack.post"]], expecting: read, by: .person(Stage.dana),
                in: Stage.acme)
        }
        #expect(error?.message == "something else changed at the same time")
        #expect(
            try await stage.administration.agent(Stage.onboarding, in: Stage.acme).definition.deny == ["notion.write"])
    }

    @Test func `an agent that isn't shared and one that isn't there are told alike`() async throws {
        let stage = try await Stage(.memory)
        func refusal(_ agent: AgentID) async -> RegistryError? {
            await #expect(throws: RegistryError.self) {
                try await stage.administration.require(.edit, of: Stage.carol, on: agent, in: Stage.acme)
            }
        }
        let (there, nowhere) = (await refusal(AgentID("product")), await refusal(AgentID("produce")))
        #expect(there?.message == "no agent is called `product`" && nowhere?.message == "no agent is called `produce`")
        #expect(there?.code == nowhere?.code && there?.hint == nowhere?.hint)
    }

    @Test(arguments: StoreKind.allCases)
    func `who may edit an agent's memory is asked in one place, under epochs that end with the right`(
        kind: StoreKind
    ) async throws {
        let stage = try await Stage(kind)
        func epochs(_ person: PersonID) async throws -> [EpochReading] {
            try await stage.administration.requireMemoryEditor(person, of: Stage.onboarding, in: Stage.acme)
        }
        func code(_ person: PersonID) async -> RegistryError.Code? {
            await #expect(throws: RegistryError.self) { try await epochs(person) }?.code
        }
        #expect(await code(Stage.bob) == .unknown)
        _ = try await stage.share(Stage.onboarding, .person(Stage.bob), [.use, .edit])
        #expect(await code(Stage.bob) == .refused)
        #expect(await code(Stage.alice) == .refused)
        try await stage.group("sales", Stage.bob)
        let endings: [@Sendable () async throws -> Void] = [
            { try await stage.unshare(Stage.onboarding, .group(GroupID("sales"))) },
            {
                _ = try await stage.administration.removeMember(
                    Stage.bob, from: GroupID("sales"), by: Stage.operating, in: Stage.acme)
            },
        ]
        for ending in endings {
            _ = try await stage.share(Stage.onboarding, .group(GroupID("sales")), [.editMemory])
            let read = try await epochs(Stage.bob)
            try await stage.store.commit(Transaction(requires: read))
            try await ending()
            await #expect(throws: CommitError.self) { try await stage.store.commit(Transaction(requires: read)) }
            #expect(await code(Stage.bob) == .refused)
        }
        _ = try await epochs(Stage.dana)
        _ = try await stage.administration.suspendPerson(Stage.dana, by: Stage.operating, in: Stage.acme)
        #expect(await code(Stage.dana) == .unknown)
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
        try await edit(stage, ["subjects": ["assistant@acme.test"]], by: Stage.dana)
        let copy = try await clone(Stage.bob)
        #expect(copy.subjects.isEmpty)
        #expect(copy.owner == Stage.bob && copy.users == .only([Stage.bob]) && copy.approvers.isEmpty)
        #expect(try await stage.administration.shares(of: copy.agent, in: Stage.acme).isEmpty)
        let leaf = try #require(try await stage.leaves().last)
        #expect(leaf["change"]?.stringValue == "agent.added" && leaf["by"]?.stringValue == "person:bob")
        #expect(leaf["from"]?.stringValue == "onboarding")
        let other = await #expect(throws: RegistryError.self) {
            try await stage.administration.clone(
                Stage.onboarding, as: AgentID("for-dana"), .delegate, owner: nil, tier: .one, principals: [Stage.dana],
                by: .person(Stage.bob), in: Stage.acme)
        }
        #expect(other?.message == "a copy of yours can't act for somebody else")
    }

    @Test func `nobody fills a home with copies`() async throws {
        let stage = try await Stage(.memory)
        _ = try await stage.share(Stage.onboarding, .person(Stage.bob), [.clone])
        func clone(_ number: Int) async throws {
            _ = try await stage.administration.clone(
                Stage.onboarding, as: AgentID("copy-\(number)"), .assistant, owner: nil, tier: nil, principals: [],
                by: .person(Stage.bob), in: Stage.acme)
        }
        for number in 0..<100 { try await clone(number) }
        let error = await #expect(throws: RegistryError.self) { try await clone(100) }
        #expect(error?.message == "you own 100 agents already")
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
        #expect(
            error?.message
                == "only its owner takes `notion.write` from what is denied, since it may use the agent's own account")
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
