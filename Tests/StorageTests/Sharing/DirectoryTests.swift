import Authority
import Gate
import Registry
import Testing
import Twins
import Wire

@Suite struct DirectoryTests {
    private typealias Stage = SharingStage

    private func found(_ stage: Stage, by facts: RegistryFacts? = nil) async throws -> AuthorityFacts {
        let request = ToolCallRequest(
            organization: Stage.acme, agent: Stage.product, requester: .person(Stage.bob), client: ClientID("none"),
            trigger: .call, tool: "notion.search", arguments: [:])
        return try #require(try await (facts ?? stage.facts).facts(for: request))
    }

    @Test(arguments: StoreKind.allCases)
    func `an address is whose it is now: it follows whoever takes it, and goes with who leaves`(
        kind: StoreKind
    ) async throws {
        let stage = try await Stage(kind)
        func holder(of address: String) async throws -> PersonID? {
            try await found(stage).directory.people(at: [address])[address]
        }
        #expect(try await holder(of: "carol@acme.test") == Stage.carol)
        #expect(try await holder(of: "erin@acme.test") == nil)
        for (person, address) in [(Stage.carol, "erin@acme.test"), (Stage.alice, "carol@acme.test")] {
            _ = try await stage.administration.addPerson(
                person, name: nil, email: address, subjects: [:], by: Stage.operating, in: Stage.acme)
        }
        #expect(try await holder(of: "erin@acme.test") == Stage.carol)
        #expect(try await holder(of: "carol@acme.test") == Stage.alice)
        #expect(try await holder(of: "alice@acme.test") == nil)
        let everybody: Set = [Stage.alice, Stage.bob, Stage.carol, PersonID("nobody")]
        #expect(try await found(stage).directory.active(everybody) == [Stage.alice, Stage.bob, Stage.carol])
        _ = try await stage.administration.suspendPerson(Stage.carol, by: Stage.operating, in: Stage.acme)
        #expect(try await holder(of: "erin@acme.test") == nil)
        #expect(try await found(stage).directory.active(everybody) == [Stage.alice, Stage.bob])
        #expect(try await holder(of: "carol@acme.test") == Stage.alice)
        try await stage.store.commit(try await stage.leaving(Stage.alice))
        #expect(try await holder(of: "carol@acme.test") == nil)
        #expect(try await found(stage).directory.active(everybody) == [Stage.bob])
    }

    @Test func `a decision reads whom it concerns, and never everybody`() async throws {
        let stage = try await Stage(.memory)
        _ = try await stage.administration.share(
            Stage.product, with: .person(Stage.bob), rights: [.use], channels: nil, acknowledged: true,
            by: Stage.operating, in: Stage.acme)
        let facts = RegistryFacts(
            store: ThriftyStore(store: stage.store), commits: stage.store, shelf: stage.shelf, world: stage.clock.world)
        let found = try await found(stage, by: facts)
        #expect(found.isShared)
        #expect(found.standing.person == .active)
        #expect(try await found.directory.people(at: ["alice@acme.test"]) == ["alice@acme.test": Stage.alice])
        #expect(try await found.directory.active([Stage.dana]) == [Stage.dana])
    }
}

/// A store that doesn't tell of everybody, nor of everything that was shared.
private struct ThriftyStore: RegistryStore, SharingStore {
    struct TooMuch: Error {}

    let store: any RegistryStore & SharingStore

    func people(in organization: OrganizationID) throws -> [PersonRecord] { throw TooMuch() }
    func agents(in organization: OrganizationID) throws -> [AgentRecord] { throw TooMuch() }
    func tokens(in organization: OrganizationID) throws -> [TokenRecord] { throw TooMuch() }
    func sharing(in organization: OrganizationID) throws -> Sharing { throw TooMuch() }
    func organizations() throws -> [OrganizationRecord] { throw TooMuch() }
    func organization(_ id: OrganizationID) async throws -> OrganizationRecord? { try await store.organization(id) }
    func person(_ id: PersonID, in organization: OrganizationID) async throws -> PersonRecord? {
        try await store.person(id, in: organization)
    }
    func person(at address: String, in organization: OrganizationID) async throws -> PersonRecord? {
        try await store.person(at: address, in: organization)
    }
    func agent(_ id: AgentID, in organization: OrganizationID) async throws -> AgentRecord? {
        try await store.agent(id, in: organization)
    }
    func token(hash: Digest) async throws -> TokenRecord? { try await store.token(hash: hash) }
    func token(_ id: ClientID) async throws -> TokenRecord? { try await store.token(id) }
    func document(_ name: String, in organization: OrganizationID) async throws -> JSON? {
        try await store.document(name, in: organization)
    }
    func agreement(
        of person: PersonID, with agent: AgentID, in organization: OrganizationID
    ) async throws -> AgreementRecord? {
        try await store.agreement(of: person, with: agent, in: organization)
    }
    func sharing(of agent: AgentID, in organization: OrganizationID) async throws -> Sharing {
        try await store.sharing(of: agent, in: organization)
    }
}
