import Authority
import Definition
import Gate
import Registry
import Testing
import Twins
import Wire

struct PlanTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let acme = OrganizationID("acme")
    private let operator1 = Administrator.systemUser(uid: 1)
    private let administration: Administration

    init() async throws {
        let mail: JSON = [
            "type": "object", "properties": ["to": ["type": "array", "items": ["type": "string"]]], "required": ["to"],
        ]
        let tools: [(String, Effect, JSON, [String: Role])] = [
            ("notes.read", .read, ["type": "object"], [:]), ("notes.send", .send, mail, ["to": .destination]),
        ]
        administration = Administration(
            store: store, commits: store,
            shelf: LiveShelf(
                ToolShelf(
                    try tools.map { name, effect, schema, roles in
                        CallableTool(
                            spec: ToolSpec(
                                name: name, provider: ProviderID("notes"), effect: effect, host: "https://n.example"),
                            title: name, text: name, schema: try JSONSchema(schema), roles: roles, planner: NoPlanner(),
                            executor: NoExecutor())
                    })), world: clock.world,
            accounts: { _ in [] }, isDemo: false)
        try await administration.addOrganization(acme, name: "Acme", domains: ["acme.test"], by: operator1)
        for person in ["alice", "bob", "dana"] {
            _ = try await administration.addPerson(
                PersonID(person), name: nil, email: "\(person)@acme.test", subjects: [:], by: operator1, in: acme)
        }
    }

    private func agent(_ keys: String, id: String = "helper") -> [DefinitionFile] {
        [
            DefinitionFile(
                name: "a.json5", text: "{ agents: { list: [ { id: \"\(id)\", owner: \"dana\", \(keys) } ] } }")
        ]
    }

    private let reading =
        "actsAs: \"claw\", users: [\"bob\"], slots: [\"notes:agent\"], tools: { use: [\"notes.read\"] }"
    private let sending = "actsAs: \"claw\", users: [\"bob\"], slots: [\"notes:agent\"], tools: { use: [\"notes.*\"] }"

    private func plan(_ files: [DefinitionFile]) async throws -> Plan {
        try await administration.plan(files, ApplyOptions(), in: acme)
    }

    @discardableResult
    private func apply(_ files: [DefinitionFile], expecting: Digest? = nil) async throws -> Plan {
        try await administration.apply(files, ApplyOptions(), expecting: expecting, by: operator1, in: acme)
    }

    @Test func `what is applied is there, with one leaf, and the second time there is nothing to do`() async throws {
        let plan = try await plan(agent(reading))
        #expect(plan.agents.map(\.isNew) == [true])
        try await apply(agent(reading), expecting: plan.digest)
        #expect(try await administration.agent(AgentID("helper"), in: acme).tools == ["notes.read"])
        #expect(try await self.plan(agent(reading)).isEmpty)
        let changes = try await store.records(of: .organization(acme), from: 0, limit: 99).compactMap {
            try JSON.parse($0.bytes)["change"]?.stringValue
        }
        #expect(changes.count { $0 == "definition.applied" } == 1)
    }

    @Test func `a plan counts those with whom the agent was shared`() async throws {
        try await apply(agent(reading))
        for shared in [false, true] {
            if shared {
                _ = try await administration.share(
                    AgentID("helper"), with: .person(PersonID("alice")), rights: [.use], acknowledged: false,
                    by: operator1, in: acme)
            }
            let change = try #require(try await plan(agent(sending)).agents.first)
            #expect(change.widened.contains { $0.person == PersonID("alice") } == shared)
        }
    }

    @Test func `a wider definition says in sentences who may newly do what, and how to see it`() async throws {
        try await apply(agent(reading))
        let change = try #require(try await plan(agent(sending)).agents.first)
        #expect(
            change.sentences.contains(
                "bob, dana may newly have `helper` send with `notes.send` towards anybody outside with the agent's account; dana must agree"
            )
                || change.sentences.contains {
                    $0.contains("bob may newly have `helper` send with `notes.send` towards anybody outside")
                })
        #expect(
            change.replays.map(\.command).contains(
                #"deputy explain helper notes.send --as bob --arguments '{"to":["somebody@outside.example"]}'"#))
    }

    @Test func `a narrower definition allows nothing new`() async throws {
        try await apply(agent(sending))
        let change = try #require(try await plan(agent(reading)).agents.first)
        #expect(change.widened.isEmpty)
        #expect(!change.keys.isEmpty)
    }

    @Test func `a lift and one more approver are wider, one approver less isn't`() async throws {
        try await apply(agent(sending))
        let lifted = agent(sending + ", lift: [{ tools: \"notes.send\", destinations: \"insiders\" }]")
        #expect(try await plan(lifted).agents.first?.widened.isEmpty == false)
        let approved = agent(sending + ", approvers: [\"alice\"]")
        #expect(try await plan(approved).agents.first?.widened.isEmpty == false)
        try await apply(approved)
        #expect(try await plan(agent(sending)).agents.first?.widened.isEmpty == true)
    }

    @Test func `a plan that was overtaken isn't applied`() async throws {
        let shown = try await plan(agent(reading))
        try await apply(agent(sending))
        await #expect(throws: RegistryError.self) { try await apply(agent(reading), expecting: shown.digest) }
        #expect(try await administration.agent(AgentID("helper"), in: acme).tools.count == 2)
    }

    @Test func `an identity changes nowhere`() async throws {
        try await apply(agent(reading))
        let other = agent("actsAs: \"assistant\", slots: [\"notes:person\"]")
        let error = await #expect(throws: SourceProblems.self) { try await apply(other) }
        #expect(error?.problems.map(\.message) == ["`helper` is a claw, and stays one"])
        #expect(error?.problems.first?.hint == "copy it with `deputy agents clone helper NAME --as assistant`")
        try await apply(agent("slots: [\"notes:agent\"]"))
        #expect(try await administration.agent(AgentID("helper"), in: acme).definition.actsAs == .claw)
    }

    @Test func `an apply touches the epochs of what it changes and of nothing else`() async throws {
        try await apply(agent(reading))
        try await apply(agent(reading, id: "other"))
        let before = store.epoch(of: .agent(acme, AgentID("other")))
        try await apply(agent(sending))
        #expect(store.epoch(of: .agent(acme, AgentID("other"))) == before)
        #expect(store.epoch(of: .agent(acme, AgentID("helper"))) == 2)
    }

    @Test func `what is exported applies as nothing, and to another home as the same`() async throws {
        try await apply(
            [
                DefinitionFile(
                    name: "a.json5",
                    text: """
                        { organization: { name: "Acme Inc", transcripts: { retainDays: 90 } }, people: [{ id: "eve", email: "eve@acme.test" }],
                          agents: { list: [
                            { id: "one", owner: "dana", actsAs: "claw", slots: ["notes:agent"], workspace: "~/one",
                              tools: { allow: ["read", "notes.read"], deny: ["exec"] }, audit: { retainDays: 30 },
                              transcripts: { retainDays: 7 } },
                            { id: "two", owner: "eve" } ] },
                          bindings: [ { agentId: "one", match: { channel: "slack", accountId: "x" } } ] }
                        """)
            ])
        try await apply(forAll)
        let text = try await administration.export(acme).text
        let files = [DefinitionFile(name: "export.json5", text: text)]
        #expect(try await plan(files).isEmpty)
        let other = try await PlanTests()
        try await other.apply(files)
        #expect(try await other.administration.export(acme).text == text)
    }

    @Test func `how long what was said is kept is a key of the organization and of agents`() async throws {
        func file(_ organization: String, _ agent: String) -> [DefinitionFile] {
            [
                DefinitionFile(
                    name: "a.json5",
                    text:
                        "{ organization: { \(organization) }, agents: { list: [ { id: 'one', owner: 'dana' \(agent) } ] } }"
                )
            ]
        }
        func keeping() async throws -> TranscriptKeeping { try await administration.transcriptKeeping(in: acme) }
        #expect(try await keeping() == TranscriptKeeping(days: nil, agents: [:]))
        let both = file("transcripts: { retainDays: 90 }", ", transcripts: { retainDays: 7 }")
        let planned = try await plan(both)
        #expect(planned.organization.map(\.key) == ["transcripts"] && !planned.isEmpty)
        #expect(
            try await plan(file("transcripts: { retainDays: 91 }", ", transcripts: { retainDays: 7 }")).digest
                != planned.digest)
        try await apply(both)
        #expect(try await keeping() == TranscriptKeeping(days: 90, agents: [AgentID("one"): 7]))
        #expect(try await plan(both).isEmpty)
        // What a file doesn't say of the organization stays; of an agent it is the default.
        try await apply(file("", ""))
        #expect(try await keeping() == TranscriptKeeping(days: 90, agents: [:]))
        // A command says the same, and an apply doesn't undo it unasked.
        let by = Administrator.systemUser(uid: 0)
        try await administration.keepTranscripts(days: 3, of: AgentID("one"), by: by, in: acme)
        try await administration.keepTranscripts(days: 5, of: nil, by: by, in: acme)
        #expect(try await keeping() == TranscriptKeeping(days: 5, agents: [AgentID("one"): 3]))
        await #expect(throws: RegistryError.self) { try await apply(file("", "")) }
        try await administration.keepTranscripts(days: nil, of: AgentID("one"), by: by, in: acme)
        try await administration.keepTranscripts(days: nil, of: nil, by: by, in: acme)
        #expect(try await keeping() == TranscriptKeeping(days: nil, agents: [:]))
        for days in [0, -1, 36_501] {
            for agent in [nil, AgentID("one")] {
                await #expect(throws: RegistryError.self) {
                    try await administration.keepTranscripts(days: days, of: agent, by: by, in: acme)
                }
            }
        }
    }

    @Test func `who is suspended isn't exported, so that applying it elsewhere wakes nobody`() async throws {
        let by = Administrator.systemUser(uid: 0)
        try await apply(
            [DefinitionFile(name: "a.json5", text: "{ people: [{ id: 'eve', email: 'eve@acme.test' }] }")])
        _ = try await administration.suspendPerson(PersonID("eve"), by: by, in: acme)
        let text = try await administration.export(acme).text
        #expect(!text.contains("eve"))
        #expect(try await plan([DefinitionFile(name: "export.json5", text: text)]).isEmpty)
    }

    @Test func `wrong names stand at their place with what was meant`() async throws {
        let files = [
            DefinitionFile(
                name: "a.json5",
                text:
                    "{ agents: { list: [\n { id: \"h\", owner: \"dan\", actsAs: \"claw\", slots: [\"note:agent\"] } ] },\n bindings: [ { agentId: \"hh\", match: { channel: \"slack\" } } ] }"
            )
        ]
        let error = await #expect(throws: SourceProblems.self) { try await plan(files) }
        let told = error?.problems.map(\.description) ?? []
        #expect(told.contains { $0.hasPrefix("a.json5:2:2: no person is called `dan` (did you mean `dana`?)") })
        #expect(told.contains { $0.hasPrefix("a.json5:3:") && $0.contains("no agent is called `hh`") })
    }

    @Test func `one agent is the default, whether files or edits say so`() async throws {
        try await apply(agent("default: true", id: "first"))
        let error = await #expect(throws: SourceProblems.self) {
            try await plan(agent("default: true", id: "second"))
        }
        #expect(
            error?.description
                == "a.json5:1:61: `second` can't be the default agent: `first` is, and these files don't name it (apply `first` without `default` in the same files)"
        )
        await #expect(throws: RegistryError.self) {
            try await administration.addAgent(
                AgentID("third"), owner: PersonID("dana"), definition: ["about": ["default": true]], by: operator1,
                in: acme)
        }
        #expect(try await administration.routes(in: acme).otherwise == AgentID("first"))
        try await apply([
            DefinitionFile(
                name: "a.json5",
                text:
                    "{ agents: { list: [ { id: 'first', owner: 'dana' }, { id: 'second', owner: 'dana', default: true } ] } }"
            )
        ])
        #expect(try await administration.routes(in: acme).otherwise == AgentID("second"))
    }

    @Test func `what is applied is what routes`() async throws {
        try await apply([
            DefinitionFile(
                name: "a.json5",
                text: """
                    { agents: { list: [ { id: "one", owner: "dana" }, { id: "two", owner: "dana" } ] },
                      bindings: [
                        { agentId: "one", match: { channel: "Slack", accountId: "*" } },
                        { agentId: "two", match: { channel: "discord", accountId: "x", guildId: "g", teamId: "t",
                          roles: ["s", "r"], peer: { kind: "direct", id: "U1" } } } ] }
                    """)
        ])
        let routes = try await administration.routes(in: acme)
        #expect(
            routes.bindings == [
                Binding(agent: AgentID("one"), match: Binding.Match(channel: "slack")),
                Binding(
                    agent: AgentID("two"),
                    match: Binding.Match(
                        channel: "discord", account: "x", peer: Peer(kind: .direct, id: "U1"), guild: "g",
                        team: "t", roles: ["r", "s"])),
            ])
        #expect(routes.otherwise == nil)
    }

    @Test func `a clone keeps what confines it and shares no path of state`() async throws {
        try await apply(
            agent(
                reading.replacing("tools: { use", with: "tools: { deny: [\"exec\"], use")
                    + ", workspace: \"~/w\", agentDir: \"~/d\", default: true, sandbox: { mode: \"all\" }, audit: { retainDays: 9 }"
            ))
        let copy = try await administration.clone(
            AgentID("helper"), as: AgentID("copy"), .claw, owner: nil, tier: nil, principals: [], by: operator1,
            in: acme)
        #expect(
            copy.record.definition[AgentDefinition.aboutKey]
                == ["sandbox": ["mode": "all"], "audit": ["retainDays": 9], "unavailable": ["deny": ["exec"]]])
    }

    @Test func `what isn't a file's to say isn't a command's either`() async throws {
        for about in [["unavailable": ["tools": ["x"]]], ["colour": "red"]] as [JSON] {
            await #expect(throws: RegistryError.self) {
                try await administration.addAgent(
                    AgentID("odd"), owner: PersonID("dana"), definition: ["about": about], by: operator1, in: acme)
            }
        }
    }

    @Test func `a clone has another identity and nothing that was the first one's own`() async throws {
        try await apply(agent("actsAs: \"assistant\", users: \"everyone\", slots: [\"notes:person\"]"))
        let copy = try await administration.clone(
            AgentID("helper"), as: AgentID("copy"), .claw, owner: nil, tier: nil, principals: [], by: operator1,
            in: acme)
        #expect(copy.definition.actsAs == .claw)
        #expect(copy.definition.slots == [Slot(provider: ProviderID("notes"), owner: .agent)])
        #expect(try await administration.agent(AgentID("helper"), in: acme).definition.actsAs == .assistant)
    }

    private let asking = """
        models: [ { name: "main", speaks: "anthropic", model: "c", key: "anthropic:agent", mayRead: ["contacts"] },
          { name: "local", speaks: "openai-chat", model: "q", base: "http://127.0.0.1:1" } ]
        """

    @Test func `where an agent's models are asked is planned, with what that newly lets out`() async throws {
        try await apply(agent(reading))
        let plan = try await plan(agent(reading + "," + asking))
        let change = try #require(plan.agents.first)
        #expect(change.keys.map(\.key) == ["models"])
        #expect(
            change.sentences == [
                "`helper` may newly ask `main`, the model `c` with the key of `anthropic:agent`, and show it what has no "
                    + "class and contacts",
                "`helper` may newly ask `local`, the model `q` at `http://127.0.0.1:1` without a key, and show it what "
                    + "has no class",
            ])
        try await apply(agent(reading + "," + asking), expecting: plan.digest)
        #expect(try await self.plan(agent(reading + "," + asking)).isEmpty)
        let without = try await self.plan(agent(reading))
        #expect(without.agents.first?.keys.map(\.key) == ["models"] && without.agents.first?.sentences.isEmpty == true)
    }

    private let forAll = [
        DefinitionFile(
            name: "o.json5", text: "{ organization: { models: [{ name: \"default\", speaks: \"offline\" }] } }")
    ]

    @Test func `where agents ask that name no models is the organization's, told once`() async throws {
        try await apply(agent(reading))
        let plan = try await plan(forAll)
        #expect(plan.organization.map(\.key) == ["models"])
        #expect(
            plan.newlyForAll == [
                "every agent that names no models may newly ask `default`, which is no model, and show it what has no class"
            ])
        try await apply(forAll, expecting: plan.digest)
        #expect(try await administration.models(in: acme) == [ModelSlot(name: "default", speaks: .offline)])
        #expect(try await self.plan(forAll).isEmpty)
        #expect(try await self.plan(agent(reading)).isEmpty)
    }

    @Test func `models that were changed by hand are drift, and undone only when that is said`() async throws {
        try await apply(agent(reading + "," + asking))
        try await apply(forAll)
        let slot: JSON = ["name": "far", "speaks": "openai-chat", "model": "q", "base": "https://far.test"]
        _ = try await administration.putModel(slot, of: AgentID("helper"), by: operator1, in: acme)
        _ = try await administration.putModel(slot, of: nil, by: operator1, in: acme)
        let drift = try await administration.drift(in: acme)
        #expect(drift.map(\.subject) == [.organization, .agent(AgentID("helper"))])
        #expect(drift.map(\.key) == ["models", "models"] && drift.map(\.by) == ["operator:1", "operator:1"])
        await #expect(throws: RegistryError.self) { try await apply(forAll) }
        try await administration.removeModel("far", of: nil, by: operator1, in: acme)
        try await administration.removeModel("far", of: AgentID("helper"), by: operator1, in: acme)
        #expect(try await administration.drift(in: acme).isEmpty)
        try await apply(forAll)
    }

    @Test func `a model that isn't there can't be removed, and one that can't be isn't put`() async throws {
        _ = try await administration.putModel(["name": "main", "speaks": "offline"], of: nil, by: operator1, in: acme)
        await #expect(throws: RegistryError(.unknown, "there is no model `mian`", hint: "did you mean `main`?")) {
            try await administration.removeModel("mian", of: nil, by: operator1, in: acme)
        }
        await #expect(throws: RegistryError.self) {
            try await administration.putModel(["name": "x", "speaks": "klingon"], of: nil, by: operator1, in: acme)
        }
    }
}
