import Authority
import Gate
import Registry
import Testing
import Twins
import Wire

@Suite struct PlaceTests {
    private typealias Stage = SharingStage

    private static let here = SharedPlace(kind: "slack", account: "help", peer: "C1")
    private static let there = SharedPlace(kind: "slack", account: "help", peer: "C2")

    /// Conversations `here` and `there`, of the account `help`.
    private struct Places: ChannelCeilings {
        func ceiling(of kind: String, _ name: String, in organization: OrganizationID) -> EffectSet? { .all }

        func peer(of conversation: String, in organization: OrganizationID) -> String? {
            ["here": "C1", "there": "C2"][conversation]
        }
    }

    private func mayUse(_ stage: Stage, from client: ClientID, _ person: PersonID = Stage.bob) async throws -> Bool {
        let facts = RegistryFacts(
            store: stage.store, commits: stage.store, shelf: stage.shelf, world: stage.clock.world, channels: Places())
        let request = ToolCallRequest(
            organization: Stage.acme, agent: Stage.product, requester: .person(person), client: client,
            trigger: .message,
            tool: "notion.search", arguments: [:])
        return try await facts.facts(for: request)?.isShared == true
    }

    private func conversation(_ name: String, of account: String = "slack/help") -> ClientID {
        .conversation(name, through: account)
    }

    private func share(_ stage: Stage, _ places: Set<SharedPlace>?, _ rights: Set<ShareRight> = [.use]) async throws {
        _ = try await stage.administration.share(
            Stage.product, with: .person(Stage.bob), rights: rights, channels: places, acknowledged: true,
            by: Stage.operating, in: Stage.acme)
    }

    private func unshare(_ stage: Stage, _ places: Set<SharedPlace> = []) async throws {
        try await stage.administration.unshare(
            Stage.product, with: .person(Stage.bob), rights: [], channels: places, by: Stage.operating, in: Stage.acme)
    }

    @Test(arguments: StoreKind.allCases)
    func `a share for some places counts in their conversations alone, and not over a token`(
        kind: StoreKind
    ) async throws {
        let stage = try await Stage(kind)
        try await share(stage, [Self.here])
        #expect(try await mayUse(stage, from: conversation("here")))
        #expect(try await !mayUse(stage, from: conversation("there")))
        #expect(try await !mayUse(stage, from: conversation("nowhere")))
        #expect(try await !mayUse(stage, from: conversation("here", of: "slack/other")))
        #expect(try await !mayUse(stage, from: conversation("here", of: "web/help")))
        #expect(try await !mayUse(stage, from: ClientID("token")))
        #expect(try await !mayUse(stage, from: conversation("here"), Stage.carol))
        try await share(stage, [Self.there])
        #expect(try await mayUse(stage, from: conversation("there")))
        try await share(stage, nil)
        #expect(try await mayUse(stage, from: ClientID("token")))
    }

    @Test(arguments: StoreKind.allCases)
    func `what is taken back in one place ends what was there, and the other places stay`(
        kind: StoreKind
    ) async throws {
        let stage = try await Stage(kind)
        try await share(stage, [Self.here, Self.there])
        let client = try await stage.use(Stage.product, by: Stage.bob)
        try await unshare(stage, [Self.there])
        #expect(try await !mayUse(stage, from: conversation("there")))
        #expect(try await mayUse(stage, from: conversation("here")))
        #expect(try await stage.left(Stage.product, of: Stage.bob, client) == ["token"])
        try await unshare(stage)
        #expect(try await !mayUse(stage, from: conversation("here")))
        #expect(try await stage.administration.shares(of: Stage.product, in: Stage.acme).isEmpty)
        let ends = try await stage.leaves().filter { $0["change"]?.stringValue == "use.ended" }
        #expect(ends.count == 2)
    }

    @Test(arguments: StoreKind.allCases)
    func `who loses the last place loses the share`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        try await share(stage, [Self.here])
        try await unshare(stage, [Self.here])
        #expect(try await stage.administration.shares(of: Stage.product, in: Stage.acme).isEmpty)
    }

    @Test(arguments: StoreKind.allCases)
    func `a limit that isn't one is refused`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        let wrong = await #expect(throws: RegistryError.self) { try await share(stage, [Self.here], [.use, .edit]) }
        #expect(wrong?.message == "only `use` can be limited to channels")
        await #expect(throws: RegistryError.self) { try await share(stage, []) }
        try await share(stage, nil)
        let wider = await #expect(throws: RegistryError.self) { try await share(stage, [Self.here]) }
        #expect(wider?.code == .exists)
        await #expect(throws: RegistryError.self) { try await unshare(stage, [Self.here]) }
        #expect(try await mayUse(stage, from: ClientID("token")))
    }

    @Test func `a place is three plain words`() {
        #expect(SharedPlace(text: "slack/help/C1") == Self.here && Self.here.text == "slack/help/C1")
        for wrong in ["", "slack/help", "slack//C1", "slack/help/C1/x", "slack/help/C 1", "slack/help/C\u{301}"] {
            #expect(SharedPlace(text: wrong) == nil, "\(wrong)")
        }
    }
}
