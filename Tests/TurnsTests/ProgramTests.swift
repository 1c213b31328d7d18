import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Turns

/// A program talks for the person whose token it holds.
struct ProgramTests {
    private static let helper = AgentID("helper")

    private static func place(_ name: String, token: String = "tok_1") throws -> TalkPlace {
        try #require(
            TalkPlace(organization: Stage.organization, token: ClientID(token), agent: helper, name: name))
    }

    private static func desk(_ talk: Talk) -> TalkDesk {
        TalkDesk(store: talk.stage.store, payloads: talk.payloads, inbox: talk.desk, events: TurnEvents())
    }

    private static func write(
        _ text: String, in name: String, of talk: Talk, event: String, ceiling: EffectSet = .all
    ) async throws -> InboxDesk.Taken? {
        try await desk(talk).write(
            text, in: place(name), by: Stage.alice, event: event, ceiling: ceiling, at: talk.stage.clock.world.now())
    }

    @Test func `of messages that come at once no more wait than may, and one that was taken isn't turned away`()
        async throws
    {
        let talk = try Talk()
        let (desk, place, now) = (Self.desk(talk), try Self.place("one"), talk.stage.clock.world.now())
        let taken = try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<30 {
                group.addTask {
                    let taken = try await desk.write(
                        "hello", in: place, by: Stage.alice, event: "e\(number)", most: 20, at: now)
                    return taken == nil ? nil : "e\(number)"
                }
            }
            return try await group.reduce(into: [String]()) { events, event in if let event { events.append(event) } }
        }
        #expect(taken.count == 20)
        let again = try await desk.write("hello", in: place, by: Stage.alice, event: taken[0], most: 20, at: now)
        #expect(again == .repeated)
        #expect(try await desk.write("stop", in: place, by: Stage.alice, event: "s", at: now) != nil)
    }

    @Test func `its conversations have one session, its token's, and each its own context`() async throws {
        let talk = try Talk()
        _ = try await Self.write("one", in: "a", of: talk, event: "m1")
        try await talk.settle()
        _ = try await Self.write("two", in: "b", of: talk, event: "m2")
        try await talk.settle()
        #expect(talk.model.requests.last?.messages == [.user("two")])
        _ = try await Self.write("three", in: "a", of: talk, event: "m3")
        try await talk.settle()
        #expect(talk.model.requests.last?.messages == [.user("one"), .assistant("hello", []), .user("three")])
        let session = try Self.place("a").session(of: Stage.alice)
        #expect(session == (try Self.place("b").session(of: Stage.alice)))
        #expect(session.client == ClientID("tok_1"))
        #expect(
            try Self.place("a", token: "tok_2").conversation(of: Stage.alice)
                != Self.place("a").conversation(of: Stage.alice))
    }

    @Test func `what it read in one conversation holds in the next`() async throws {
        let talk = try Talk()
        talk.plays("notes.mail")
        talk.stage.upstream.answer(json: #"{"secret": 1}"#)
        _ = try await Self.write("read my mail", in: "a", of: talk, event: "m1")
        try await talk.settle()
        talk.plays("notes.run")
        _ = try await Self.write("run it", in: "b", of: talk, event: "m2")
        try await talk.settle()
        let story = try await Self.desk(talk).story(of: "m2", in: Self.place("b"), by: Stage.alice)
        #expect(story?.moments.contains(.called("notes.run", isError: true)) == true)
        #expect(talk.stage.upstream.seen.count == 1)
    }

    @Test func `what its token may do is the most that its turn does`() async throws {
        let talk = try Talk()
        _ = try await Self.write("hi", in: "a", of: talk, event: "m1", ceiling: [.read])
        try await talk.settle()
        let turn = try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).first
        #expect(turn?.ceiling == [.read])
    }

    @Test func `a story grows at its end alone, and is the same for another gateway`() async throws {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "hi"])
        _ = try await Self.write("send", in: "a", of: talk, event: "m1")
        let before = try await Self.desk(talk).story(of: "m1", in: Self.place("a"), by: Stage.alice)
        #expect(before?.moments == [] && before?.state == .waiting)
        try await talk.settle()
        let waiting = try #require(try await Self.desk(talk).story(of: "m1", in: Self.place("a"), by: Stage.alice))
        let card = OutboundContent.approval(
            ApprovalNotice(
                approval: try #require(waiting.turn?.state.waitsFor), title: "May I?", lines: [],
                link: "https://deputy.test", hasButtons: true))
        #expect(waiting.moments == [.began, .calls(["notes.send"]), .waits(.approval, card)])
        _ = try await Self.write("stop", in: "a", of: talk, event: "m2")
        try await talk.settle()
        let after = try #require(try await Self.desk(talk).story(of: "m1", in: Self.place("a"), by: Stage.alice))
        #expect(after.moments == waiting.moments + [.ended(.stopped)])
        let stop = try await Self.desk(talk).story(of: "m2", in: Self.place("a"), by: Stage.alice)
        #expect(stop?.isStop == true && stop?.state == .ignored && stop?.turn == nil)
    }

    @Test func `a message is found by who sent it, where they sent it`() async throws {
        let talk = try Talk()
        _ = try await Self.write("hi", in: "a", of: talk, event: "m1")
        try await talk.settle()
        let desk = Self.desk(talk)
        #expect(try await desk.story(of: "m1", in: Self.place("a"), by: Stage.alice)?.moments.last == .ended(.answered))
        #expect(try await desk.story(of: "m1", in: Self.place("b"), by: Stage.alice) == nil)
        #expect(try await desk.story(of: "m1", in: Self.place("a"), by: Stage.bob) == nil)
        #expect(try await desk.story(of: "m1", in: Self.place("a", token: "tok_2"), by: Stage.alice) == nil)
        #expect(try await Self.write("hi", in: "a", of: talk, event: "m1") == .repeated)
        #expect(try await desk.lines(in: Self.place("a"), of: Stage.alice).map(\.event) == ["m1"])
        #expect(
            try await desk.conversations(of: Self.place("x").session(of: Stage.alice)).map(\.talk.name) == ["a"])
    }
}

extension TurnState {
    fileprivate var waitsFor: String? {
        switch self {
        case .parked(.approval(let id)): id.raw
        case .parked(.connection), .ready, .ended: nil
        }
    }
}
