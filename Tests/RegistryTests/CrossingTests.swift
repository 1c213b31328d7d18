import Authority
import Definition
import Gate
import Registry
import Testing
import Twins
import Wire

/// Two changes of authority at once, where each was right by what it read.
struct CrossingTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let acme = OrganizationID("acme")
    private let helper = AgentID("helper")
    private let operating = Administrator.systemUser(uid: 1)

    private func administration(_ commits: (any Commits)? = nil) throws -> Administration {
        Administration(
            store: store, commits: commits ?? store, shelf: LiveShelf(try notesShelf()), world: clock.world,
            accounts: { _ in [] }, isDemo: true)
    }

    private func seeded(actsAs: String? = "claw") async throws -> Administration {
        let administration = try administration()
        try await administration.addOrganization(acme, name: "Acme", domains: ["acme.test"], by: operating)
        for person in ["alice", "bob"] {
            _ = try await administration.addPerson(
                PersonID(person), name: nil, email: "\(person)@acme.test", subjects: [:], by: operating, in: acme)
        }
        var definition: JSONObject = ["users": ["alice"]]
        definition["actsAs"] = actsAs.map { .string($0) }
        if actsAs != nil { definition["slots"] = ["notes:agent"] }
        _ = try await administration.addAgent(
            helper, owner: PersonID("alice"), definition: definition, by: operating, in: acme)
        return administration
    }

    /// An administration whose first commit comes after `other` was done by the plain one.
    private func crossing(
        _ plain: Administration, _ other: @escaping @Sendable (Administration) async throws -> Void
    ) throws -> Administration {
        try administration(CrossingCommits(store) { try await other(plain) })
    }

    private func file(_ keys: String) -> [DefinitionFile] {
        [
            DefinitionFile(
                name: "a.json5", text: "{ agents: { list: [ { id: \"helper\", owner: \"alice\", \(keys) } ] } }")
        ]
    }

    @Test func `of two identities set at once the first stays`() async throws {
        let plain = try await seeded(actsAs: nil)
        let (acme, helper, operating) = (acme, helper, operating)
        let crossed = try crossing(plain) {
            _ = try await $0.setIdentity(.claw, of: helper, tier: nil, principals: [], by: operating, in: acme)
        }
        let error = await #expect(throws: RegistryError.self) {
            try await crossed.setIdentity(.assistant, of: helper, tier: nil, principals: [], by: operating, in: acme)
        }
        #expect(error?.message == "`helper` is a claw, and stays one")
        #expect(try await plain.agent(helper, in: acme).definition.actsAs == .claw)
    }

    @Test func `a suspension keeps what was applied at the same time`() async throws {
        let plain = try await seeded()
        let (acme, files, operating) = (
            acme, file("actsAs: \"claw\", slots: [\"notes:agent\"], users: [\"bob\"]"), operating
        )
        let crossed = try crossing(plain) {
            _ = try await $0.apply(files, ApplyOptions(), expecting: nil, by: operating, in: acme)
        }
        _ = try await crossed.setStanding(.suspended, of: helper, by: operating, in: acme)
        let view = try await plain.agent(helper, in: acme)
        #expect(view.record.standing == .suspended)
        #expect(view.definition.users == .only([PersonID("bob")]))
    }

    @Test func `an apply over a suspension at the same time is refused, and the agent stays suspended`() async throws {
        let plain = try await seeded()
        let (acme, helper, operating) = (acme, helper, operating)
        let crossed = try crossing(plain) {
            _ = try await $0.setStanding(.suspended, of: helper, by: operating, in: acme)
        }
        let files = file("actsAs: \"claw\", slots: [\"notes:agent\"], users: [\"bob\"]")
        let error = await #expect(throws: RegistryError.self) {
            try await crossed.apply(files, ApplyOptions(), expecting: nil, by: operating, in: acme)
        }
        #expect(error?.message == "something else changed at the same time")
        #expect(try await plain.agent(helper, in: acme).record.standing == .suspended)
    }

    @Test func `of two edits at once the second is told, and the first stays`() async throws {
        let plain = try await seeded()
        let (acme, helper, operating) = (acme, helper, operating)
        let crossed = try crossing(plain) {
            _ = try await $0.editAgent(helper, changes: ["deny": ["notes.read"]], by: operating, in: acme)
        }
        let error = await #expect(throws: RegistryError.self) {
            try await crossed.editAgent(helper, changes: ["ask": ["notes.read"]], by: operating, in: acme)
        }
        #expect(error?.message == "something else changed at the same time")
        let definition = try await plain.agent(helper, in: acme).definition
        #expect(definition.deny == ["notes.read"] && definition.ask.isEmpty)
    }

    @Test func `an edit at the same time as a suspension leaves the agent suspended`() async throws {
        let plain = try await seeded()
        let (acme, helper, operating) = (acme, helper, operating)
        let crossed = try crossing(plain) {
            _ = try await $0.setStanding(.suspended, of: helper, by: operating, in: acme)
        }
        await #expect(throws: RegistryError.self) {
            try await crossed.editAgent(helper, changes: ["ask": ["notes.read"]], by: operating, in: acme)
        }
        #expect(try await plain.agent(helper, in: acme).record.standing == .suspended)
    }

    @Test func `who lets an agent act again doesn't undo a suspension that came in between`() async throws {
        let plain = try await seeded()
        let (acme, helper, operating) = (acme, helper, operating)
        let crossed = try crossing(plain) {
            _ = try await $0.setStanding(.suspended, of: helper, by: operating, in: acme)
        }
        let error = await #expect(throws: RegistryError.self) {
            try await crossed.setStanding(.active, of: helper, by: operating, in: acme)
        }
        #expect(error?.message == "something else changed at the same time")
        #expect(try await plain.agent(helper, in: acme).record.standing == .suspended)
    }

    @Test func `an identity set at the same time as an edit keeps what was edited`() async throws {
        let plain = try await seeded(actsAs: nil)
        let (acme, helper, operating) = (acme, helper, operating)
        let crossed = try crossing(plain) {
            _ = try await $0.editAgent(helper, changes: ["deny": ["notes.read"]], by: operating, in: acme)
        }
        _ = try await crossed.setIdentity(.claw, of: helper, tier: nil, principals: [], by: operating, in: acme)
        let definition = try await plain.agent(helper, in: acme).definition
        #expect(definition.actsAs == .claw && definition.deny == ["notes.read"])
    }

    @Test func `nobody edits or copies in the moment in which it is shared with them no more`() async throws {
        let plain = try await seeded()
        let (acme, helper, operating, bob) = (acme, helper, operating, PersonID("bob"))
        _ = try await plain.share(
            helper, with: .person(bob), rights: [.edit, .clone], acknowledged: false, by: operating, in: acme)
        let ending: @Sendable (Administration) async throws -> Void = {
            try await $0.unshare(helper, with: .person(bob), rights: [], by: operating, in: acme)
        }
        await #expect(throws: RegistryError.self) {
            try await crossing(plain, ending).editAgent(
                helper, changes: ["deny": ["notes.read"]], by: .person(bob), in: acme)
        }
        #expect(try await plain.agent(helper, in: acme).definition.deny.isEmpty)
        _ = try await plain.share(
            helper, with: .person(bob), rights: [.edit, .clone], acknowledged: false, by: operating, in: acme)
        let error = await #expect(throws: RegistryError.self) {
            try await crossing(plain, ending).clone(
                helper, as: AgentID("mine"), .claw, owner: nil, tier: nil, principals: [], by: .person(bob), in: acme)
        }
        #expect(error?.code == .unknown)
        #expect(try await plain.agents(in: acme).map(\.record.id) == [helper])
    }

    @Test func `of a share and its end at once the second is told`() async throws {
        let plain = try await seeded()
        let (acme, helper, operating, bob) = (acme, helper, operating, PersonID("bob"))
        func share(_ administration: Administration, _ rights: Set<ShareRight>) async throws {
            _ = try await administration.share(
                helper, with: .person(bob), rights: rights, acknowledged: false, by: operating, in: acme)
        }
        try await share(plain, [.use])
        let crossed = try crossing(plain) {
            try await $0.unshare(helper, with: .person(bob), rights: [], by: operating, in: acme)
        }
        let error = await #expect(throws: RegistryError.self) { try await share(crossed, [.edit]) }
        #expect(error?.message == "something else changed at the same time")
        #expect(try await plain.shares(of: helper, in: acme).isEmpty, "what was taken back doesn't come with the rest")
        try await share(plain, [.use])
        let ending = try crossing(plain) {
            _ = try await $0.share(
                helper, with: .person(bob), rights: [.edit], acknowledged: false, by: operating, in: acme)
        }
        await #expect(throws: RegistryError.self) {
            try await ending.unshare(helper, with: .person(bob), rights: [.use], by: operating, in: acme)
        }
        #expect(try await plain.shares(of: helper, in: acme).map(\.rights) == [[.use, .edit]])
    }

    @Test func `an apply doesn't give an agent to somebody who leaves at the same time`() async throws {
        let plain = try await seeded()
        let (acme, operating) = (acme, operating)
        let crossed = try crossing(plain) {
            try await $0.commit(
                offboarding: $0.offboarding(
                    of: PersonID("bob"), agentsTo: nil, by: operating, in: acme
                ).transaction)
        }
        let files = file("actsAs: \"claw\", slots: [\"notes:agent\"], users: [\"bob\"]")
        await #expect(throws: RegistryError.self) {
            try await crossed.apply(files, ApplyOptions(), expecting: nil, by: operating, in: acme)
        }
    }

    @Test func `of two people who take an address at once one has it`() async throws {
        let plain = try await seeded()
        let (acme, operating) = (acme, operating)
        let crossed = try crossing(plain) {
            _ = try await $0.addPerson(
                PersonID("carol"), name: nil, email: "c@acme.test", subjects: [:], by: operating, in: acme)
        }
        let error = await #expect(throws: RegistryError.self) {
            try await crossed.addPerson(
                PersonID("carl"), name: nil, email: "c@acme.test", subjects: [:], by: operating, in: acme)
        }
        #expect(error?.message == "`c@acme.test` is the address of `carol`")
    }

    @Test func `the kill switch stays where somebody changes the organization at the same time`() async throws {
        let plain = try await seeded()
        let (acme, operating) = (acme, operating)
        let crossed = try crossing(plain) {
            _ = try await $0.apply(
                [DefinitionFile(name: "o.json5", text: "{ organization: { name: \"Acme Inc\" } }")], ApplyOptions(),
                expecting: nil, by: operating, in: acme)
        }
        try await crossed.setStopped(true, acme, by: operating)
        let organization = try #require(try await plain.organizations().first)
        #expect(organization.name == "Acme Inc")
        #expect(organization.standing == .suspended)
    }

    @Test func `who lets an organization go on doesn't undo a stop that came in between`() async throws {
        let plain = try await seeded()
        let (acme, operating) = (acme, operating)
        try await plain.setStopped(true, acme, by: operating)
        let crossed = try crossing(plain) { try await $0.setStopped(true, acme, by: operating) }
        await #expect(throws: RegistryError.self) { try await crossed.setStopped(false, acme, by: operating) }
        #expect(try #require(try await plain.organizations().first).standing == .suspended)
    }

    @Test func `nobody gets a token in the moment in which they are suspended`() async throws {
        let plain = try await seeded()
        let (acme, operating) = (acme, operating)
        let crossed = try crossing(plain) {
            _ = try await $0.suspendPerson(PersonID("bob"), by: operating, in: acme)
        }
        let error = await #expect(throws: RegistryError.self) {
            try await crossed.createToken(
                for: PersonID("bob"), agents: [AgentID("helper")], label: "", seconds: 3600, by: operating, in: acme)
        }
        #expect(error?.message == "the account of `bob` is suspended")
        #expect(try await plain.tokens(in: acme).isEmpty)
    }

    @Test func `a new group doesn't take in somebody who leaves at the same time`() async throws {
        let plain = try await seeded()
        let (acme, operating) = (acme, operating)
        let crossed = try crossing(plain) {
            try await $0.commit(
                offboarding: $0.offboarding(
                    of: PersonID("bob"), agentsTo: nil, by: operating, in: acme
                ).transaction)
        }
        await #expect(throws: RegistryError.self) {
            try await crossed.addGroup(
                GroupID("ops"), name: nil, members: [PersonID("bob")], by: operating, in: acme)
        }
        #expect(try await plain.groups(in: acme).isEmpty)
    }

    @Test func `twenty people added at once are all there`() async throws {
        let plain = try await seeded()
        let (acme, operating) = (acme, operating)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    _ = try await plain.addPerson(
                        PersonID("p\(number)"), name: nil, email: "p\(number)@acme.test", subjects: [:], by: operating,
                        in: acme)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await plain.people(in: acme).count == 22)
    }
}

func notesShelf() throws -> ToolShelf {
    ToolShelf([
        CallableTool(
            spec: ToolSpec(
                name: "notes.read", provider: ProviderID("notes"), effect: .read, host: "https://notes.example"),
            title: "Read", text: "Reads", schema: try JSONSchema(["type": "object"]), roles: [:],
            planner: NoPlanner(), executor: NoExecutor())
    ])
}
