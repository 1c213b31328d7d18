import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Turns

struct TroubleDeskTests {
    private static func desk(_ talk: Talk) -> TroubleDesk {
        TroubleDesk(
            store: talk.stage.store, commits: talk.stage.store, payloads: talk.stage.store,
            world: talk.stage.clock.world)
    }

    private static func list(_ talk: Talk) async throws -> [TroubledMessage] {
        try await desk(talk).list(in: Stage.organization)
    }

    /// A message that can't be begun, five times over.
    private static func setAside(_ talk: Talk) async throws {
        talk.reception.isBroken = true
        try await talk.write("canary-7")
        for _ in 0..<5 {
            try await talk.settle()
            talk.stage.clock.advance(seconds: 100)
        }
        talk.reception.isBroken = false
    }

    @Test func `a message that was set aside is shown without its words, and answered when it is tried again`()
        async throws
    {
        let talk = try Talk()
        try await Self.setAside(talk)
        let message = try #require(try await Self.list(talk).first)
        #expect(message.trouble == .aside && message.attempts == 5 && message.bytes != nil)
        #expect(!"\(message)".contains("canary"))
        try await Self.desk(talk).retry(message.id, by: "root", in: Stage.organization)
        try await talk.settle()
        #expect(talk.words == ["hello"])
        #expect(try await Self.list(talk).isEmpty)
        await #expect(throws: TurnsError.self) {
            try await Self.desk(talk).retry(message.id, by: "root", in: Stage.organization)
        }
        let leaf = try await talk.stage.leaves().first { $0["change"]?.stringValue == "message.retried" }
        #expect(leaf?["message"]?.stringValue == message.id && leaf?["by"]?.stringValue == "root")
    }

    @Test func `a message that is dropped is gone, with its words`() async throws {
        let talk = try Talk()
        try await Self.setAside(talk)
        let id = try #require(try await Self.list(talk).first).id
        try await Self.desk(talk).drop(id, by: "root", in: Stage.organization)
        try await talk.settle()
        #expect(talk.words.isEmpty)
        #expect(try await talk.payloads.open(InboxEntry.payload(of: InboxID(id))) == nil)
        #expect(try await Self.list(talk).isEmpty)
    }

    @Test func `what somebody wrote goes with all of theirs, also where no turn began with it`() async throws {
        let talk = try Talk()
        talk.reception.isBroken = true
        let desk = TalkDesk(
            store: talk.stage.store, payloads: talk.payloads, inbox: talk.desk, events: TurnEvents())
        let place = try #require(
            TalkPlace(organization: Stage.organization, kind: .web, agent: AgentID("helper"), name: "one"))
        for person in [Stage.alice, Stage.bob] {
            _ = try await desk.write("canary", in: place, by: person, event: "m1", at: talk.stage.clock.world.now())
        }
        for _ in 0..<5 {
            try await talk.settle()
            talk.stage.clock.advance(seconds: 100)
        }
        #expect(try await Self.list(talk).count == 2)
        try await talk.stage.store.commit(
            Transaction(changes: [ErasureChange.words(Stage.organization, Stage.alice)]))
        let left = try await Self.list(talk)
        #expect(left.count == 1 && left[0].bytes != nil, "what isn't there any more is nothing to look at")
    }

    @Test func `an answer that was refused is sent again when somebody says so`() async throws {
        let talk = try Talk()
        talk.delivery.next(.refused("the channel is archived"))
        try await talk.write("hi")
        try await talk.settle()
        #expect(talk.words.isEmpty)
        let message = try #require(try await Self.list(talk).first)
        #expect(message.trouble == .failed && message.reason == "the channel is archived")
        try await Self.desk(talk).retry(message.id, by: "root", in: Stage.organization)
        try await talk.settle()
        #expect(talk.words == ["hello"])
        #expect(try await Self.list(talk).isEmpty)
    }

    @Test func `an answer that may have arrived is never sent again`() async throws {
        let talk = try Talk()
        talk.delivery.next(.unknown("the connection broke"))
        try await talk.write("hi")
        try await talk.settle()
        let message = try #require(try await Self.list(talk).first)
        #expect(message.trouble == .unknown)
        await #expect(throws: TurnsError.self) {
            try await Self.desk(talk).retry(message.id, by: "root", in: Stage.organization)
        }
        try await talk.settle()
        #expect(talk.words == ["hello"])
        try await Self.desk(talk).drop(message.id, by: "root", in: Stage.organization)
        #expect(try await Self.list(talk).isEmpty)
    }

    @Test func `another organization's messages aren't there`() async throws {
        let talk = try Talk()
        try await Self.setAside(talk)
        let id = try #require(try await Self.list(talk).first).id
        let rival = OrganizationID("rival")
        #expect(try await Self.desk(talk).list(in: rival).isEmpty)
        await #expect(throws: TurnsError.self) { try await Self.desk(talk).drop(id, by: "root", in: rival) }
        #expect(try await Self.list(talk).map(\.id) == [id])
    }
}
