import Authority
import Gate
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

/// With whose key a turn's model is asked.
struct ModelKeysTests {
    private static let provider = ProviderID("anthropic")
    private static let own = slot("own", .agent)
    private static let all = slot("all", .organization)

    private static func slot(_ name: String, _ owner: ModelKeyOwner, at base: String? = nil) -> ModelSlot {
        ModelSlot(
            name: name, speaks: .anthropic, model: "m", base: base, key: ModelKey(provider: provider, owner: owner),
            longestReply: 100)
    }

    private static func talk(
        _ models: ModelSlot..., from source: @escaping (StageConnections) -> any ConnectionSource = { $0 }
    ) throws -> Talk {
        try Talk(profile: AgentProfile(system: "", models: models, isOpen: false), connections: Lookup(source: source))
    }

    /// Whose keys the model was asked with.
    private func owners(_ talk: Talk) -> [Owner?] { talk.model.endpoints.map { $0.key?.facts.owner } }

    private func leaves(_ talk: Talk) async throws -> [JSON] {
        try await talk.stage.store.records(of: .organization(Stage.organization), from: 0, limit: 99)
            .map { try JSON.parse($0.bytes) }.filter { $0["kind"]?.stringValue == "model" }
    }

    @Test func `it is the agent's own key, and the leaf names it`() async throws {
        let talk = try Self.talk(Self.own)
        try await talk.write("hi")
        try await talk.settle()
        #expect(talk.words == ["hello"])
        #expect(owners(talk) == [.agent(AgentID("helper"))])
        let leaf = try #require(try await leaves(talk).first)
        #expect(leaf["endpoint"] == "own" && leaf["key"] == "anthropic:agent" && leaf["connection"] == "con-helper")
        #expect(leaf["at"]?.stringValue == Stage.host)
    }

    @Test func `the organization's key is used where the slot says so`() async throws {
        let talk = try Self.talk(Self.all)
        try await talk.write("hi")
        try await talk.settle()
        #expect(owners(talk) == [.organization])
        #expect(try await leaves(talk).first?["key"] == "anthropic:organization")
    }

    /// The fault that this is for: whoever looks connections up hands out another agent's.
    private struct Mixing: ConnectionSource {
        let inner: StageConnections
        let owner: Owner

        func connections(
            of owner: Owner, at provider: ProviderID, in organization: OrganizationID
        ) async throws -> FoundConnections {
            try await inner.connections(of: self.owner, at: provider, in: organization)
        }

        func wasRefused(_ use: ConnectionUse) async -> Bool { false }
    }

    @Test(arguments: [Owner.agent(AgentID("other")), .person(Stage.alice), .organization])
    func `a key that was handed out by mistake isn't used`(owner: Owner) async throws {
        let talk = try Self.talk(Self.own) { Mixing(inner: $0, owner: owner) }
        try await talk.write("hi")
        try await talk.settle()
        #expect(owners(talk).isEmpty)
        #expect(try await leaves(talk).isEmpty)
        #expect(talk.words == ["No model answered. Try again later."])
    }

    @Test func `where a key is missing the next model is asked, with its own`() async throws {
        let elsewhere = Self.slot("far", .agent, at: "https://elsewhere.test")
        let talk = try Self.talk(elsewhere, Self.all)
        try await talk.write("hi")
        try await talk.settle()
        #expect(talk.words == ["hello"])
        #expect(owners(talk) == [.organization])
    }

    /// Something moves just after the first look.
    private final class Moving: ConnectionSource {
        let inner: StageConnections
        let scope: EpochScope
        private let count = Mutex(0)

        init(_ inner: StageConnections, _ scope: EpochScope) {
            self.inner = inner
            self.scope = scope
        }

        var looks: Int { count.withLock(\.self) }

        func connections(
            of owner: Owner, at provider: ProviderID, in organization: OrganizationID
        ) async throws -> FoundConnections {
            let found = try await inner.connections(of: owner, at: provider, in: organization)
            let isFirst = count.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst { try await inner.commits.commit(Transaction(bumps: [scope])) }
            return found
        }

        func wasRefused(_ use: ConnectionUse) async -> Bool { false }
    }

    @Test(arguments: [
        EpochScope.agent(Stage.organization, AgentID("helper")), .organization(Stage.organization),
        .connections(Stage.organization, .agent(AgentID("helper")), Self.provider),
    ])
    func `what was judged before it moved is judged again`(scope: EpochScope) async throws {
        let moving = Mutex<Moving?>(nil)
        let talk = try Self.talk(Self.own) { inner in
            let source = Moving(inner, scope)
            moving.withLock { $0 = source }
            return source
        }
        try await talk.write("hi")
        try await talk.settle()
        #expect(talk.words == ["hello"])
        #expect(moving.withLock { $0?.looks } == 2)
        #expect(try await leaves(talk).count == 1)
    }
}
