import Authority
import Definition
import Gate
import Registry
import Testing
import Twins
import Wire

/// What was changed beside the files, and what the files no longer name.
struct DriftTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let acme = OrganizationID("acme")
    private let operating = Administrator.systemUser(uid: 1)
    private let administration: Administration

    init() async throws {
        administration = Administration(
            store: store, commits: store, shelf: LiveShelf(try notesShelf()), world: clock.world,
            accounts: { _ in [] }, isDemo: false)
        try await administration.addOrganization(acme, name: "Acme", domains: ["acme.test"], by: operating)
        _ = try await administration.addPerson(
            PersonID("dana"), name: nil, email: "dana@acme.test", subjects: [:], by: operating, in: acme)
    }

    private func files(_ agents: String..., people: String = "") -> [DefinitionFile] {
        let list = agents.map { "{ owner: \"dana\", \($0) }" }.joined(separator: ", ")
        return [
            DefinitionFile(name: "a.json5", text: "{ people: [ \(people) ], agents: { list: [ \(list) ] } }")
        ]
    }

    private func plan(_ files: [DefinitionFile], _ options: ApplyOptions = ApplyOptions()) async throws -> Plan {
        try await administration.plan(files, options, in: acme)
    }

    @discardableResult
    private func apply(_ files: [DefinitionFile], _ options: ApplyOptions = ApplyOptions()) async throws -> Plan {
        try await administration.apply(files, options, expecting: nil, by: operating, in: acme)
    }

    private let one = #"id: "one", actsAs: "claw", slots: ["notes:agent"]"#
    private let two = #"id: "two", actsAs: "claw", slots: ["notes:agent"]"#

    private func deny(_ agent: String, by administrator: Administrator) async throws {
        _ = try await administration.editAgent(
            AgentID(agent), changes: ["deny": ["notes.read"]], by: administrator, in: acme)
    }

    @Test func `a home that nobody changed beside the files has no drift`() async throws {
        #expect(try await administration.drift(in: acme).isEmpty)
        try await apply(files(one))
        #expect(try await administration.drift(in: acme).isEmpty)
        #expect(try await plan(files(one)).drift.isEmpty)
    }

    @Test func `a field that was edited by hand is told with who did it and when`() async throws {
        try await apply(files(one, two))
        clock.advance(seconds: 60)
        try await deny("one", by: .systemUser(uid: 501))
        let edited = clock.world.now()
        clock.advance(seconds: 60)
        // Another change of the same agent is by somebody else, and isn't of this field.
        _ = try await administration.editAgent(
            AgentID("one"), changes: ["ask": ["notes.read"]], by: .systemUser(uid: 502), in: acme)
        let drift = try await administration.drift(in: acme)
        #expect(drift.map(\.key) == ["ask", "deny"])
        #expect(drift.map(\.by) == ["operator:502", "operator:501"])
        #expect(drift.last?.at == edited)
        #expect(drift.last?.applied == [] && drift.last?.now == ["notes.read"])
        #expect(
            drift.last?.sentence == "`deny` of agent `one` was changed by `operator:501` since it was applied")
    }

    @Test func `an apply that would undo a change by hand is refused until that is said`() async throws {
        try await apply(files(one))
        try await deny("one", by: .systemUser(uid: 501))
        #expect(try await plan(files(one)).drift.map(\.isUndone) == [true])
        let error = await #expect(throws: RegistryError.self) { try await apply(files(one)) }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("`deny` of agent `one` was changed by `operator:501`") == true)
        #expect(error?.hint?.contains("--overwrite-drift") == true)
        #expect(try await administration.agent(AgentID("one"), in: acme).definition.deny == ["notes.read"])
        try await apply(files(one), ApplyOptions(overwritesDrift: true))
        #expect(try await administration.agent(AgentID("one"), in: acme).definition.deny.isEmpty)
        #expect(try await administration.drift(in: acme).isEmpty)
    }

    @Test func `files that took the change in adopt it, and it is drift no more`() async throws {
        try await apply(files(one))
        try await deny("one", by: operating)
        let taken = files(one + #", tools: { deny: ["notes.read"] }"#)
        let planned = try await plan(taken)
        #expect(planned.isEmpty && planned.drift.map(\.isUndone) == [false])
        try await apply(taken)
        #expect(try await administration.drift(in: acme).isEmpty)
    }

    @Test func `a change of one agent is no obstacle to an apply of another`() async throws {
        try await apply(files(one, two))
        try await deny("one", by: operating)
        let other = files(#"id: "two", actsAs: "claw", slots: ["notes:agent"], tools: { deny: ["notes.read"] }"#)
        #expect(try await plan(other).drift.map(\.isUndone) == [false])
        try await apply(other)
        #expect(try await administration.drift(in: acme).map(\.key) == ["deny"])
    }

    @Test func `a person who was changed by hand is told too`() async throws {
        let people = #"{ id: "eve", email: "eve@acme.test", name: "Eve" }"#
        try await apply(files(people: people))
        _ = try await administration.addPerson(
            PersonID("eve"), name: "Evelyn", email: nil, subjects: [:], by: .systemUser(uid: 7), in: acme)
        let drift = try await plan(files(people: people)).drift
        #expect(drift.map(\.sentence) == ["`name` of person `eve` was changed by `operator:7` since it was applied"])
        await #expect(throws: RegistryError.self) { try await apply(files(people: people)) }
        try await apply(files(people: #"{ id: "eve", email: "eve@acme.test", name: "Evelyn" }"#))
    }

    @Test func `pruning suspends what an apply added and no file names, and nothing else`() async throws {
        _ = try await administration.addAgent(
            AgentID("own"), owner: PersonID("dana"), definition: [:], by: operating, in: acme)
        try await apply(files(one, two))
        let planned = try await plan(files(one))
        #expect(planned.prunable == [AgentID("two")] && planned.unnamed == [AgentID("own")])
        #expect(planned.pruned.isEmpty && planned.isEmpty)
        try await apply(files(one))
        #expect(try await administration.agent(AgentID("two"), in: acme).record.standing == .active)

        let pruning = ApplyOptions(prunes: true)
        #expect(try await plan(files(one), pruning).pruned == [AgentID("two")])
        let before = store.epoch(of: .agent(acme, AgentID("two")))
        try await apply(files(one), pruning)
        let two = try await administration.agent(AgentID("two"), in: acme)
        #expect(two.record.standing == .suspended && two.definition.slots.count == 1)
        #expect(store.epoch(of: .agent(acme, AgentID("two"))) == before + 1)
        for name in ["one", "own"] {
            #expect(try await administration.agent(AgentID(name), in: acme).record.standing == .active)
        }
        #expect(try await plan(files(one), pruning).isEmpty)
    }

    @Test func `an agent that files name again stays suspended, and that is said`() async throws {
        try await apply(files(one, two))
        try await apply(files(one), ApplyOptions(prunes: true))
        let planned = try await plan(files(one, two))
        #expect(planned.isEmpty && planned.suspended == [AgentID("two")])
    }

    @Test func `a part of a definition prunes nothing`() async throws {
        try await apply(files(one, two))
        for (files, options) in [
            (files(people: #"{ id: "eve", email: "eve@acme.test" }"#), ApplyOptions(prunes: true)),
            ([DefinitionFile(name: "o.json5", text: "{ \(one) }")], ApplyOptions(asAgent: true, prunes: true)),
        ] {
            let error = await #expect(throws: RegistryError.self) { try await apply(files, options) }
            #expect(error?.code == .invalid)
        }
    }

    @Test func `what was pruned is in the plan that was shown, and in the leaf`() async throws {
        try await apply(files(one, two))
        let shown = try await plan(files(one))
        await #expect(throws: RegistryError.self) {
            try await administration.apply(
                files(one), ApplyOptions(prunes: true), expecting: shown.digest, by: operating, in: acme)
        }
        try await apply(files(one), ApplyOptions(prunes: true))
        let last = try #require(try await store.records(of: .organization(acme), from: 0, limit: 99).last)
        #expect(try JSON.parse(last.bytes)["suspended"] == ["two"])
    }
}
