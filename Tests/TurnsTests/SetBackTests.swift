import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Turns

/// What is wrong with one turn holds up no other, and a turn that can't go on comes to an end.
struct SetBackTests {
    private static func troubles(_ talk: Talk) -> TroubleDesk {
        TroubleDesk(
            store: talk.stage.store, commits: talk.stage.store, payloads: talk.stage.store,
            world: talk.stage.clock.world)
    }

    private static func states(of person: PersonID, _ talk: Talk) async throws -> [TurnState] {
        try await talk.stage.store.turns(of: person, in: Stage.organization, limit: 9).map(\.state)
    }

    /// Waits for Alice's yes.
    private static func parked() async throws -> Talk {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        try await talk.write("tell bob")
        try await talk.settle()
        return talk
    }

    @Test(arguments: [4, 8])
    func `a turn whose words were erased while it waited ends, and everybody else's go on`(days: Int64) async throws {
        let talk = try await Self.parked()
        try await talk.stage.store.commit(
            Transaction(changes: [ErasureChange.words(Stage.organization, Stage.alice)]))
        talk.stage.clock.advance(seconds: days * 86_400)
        await talk.stage.runner.sweep()
        talk.model.play { _ in Talk.reply("hello") }
        try await talk.write("hi", as: Stage.bob)
        try await talk.settle()
        #expect(talk.words.last == "hello")
        #expect(try await Self.states(of: Stage.alice, talk) == [.ended(.stopped)])
        let ends = try await talk.stage.leaves().filter { $0["change"]?.stringValue == "turn.ended" }
        #expect(ends.count == 2)
    }

    @Test func `a stop ends a turn whose words were erased`() async throws {
        let talk = try await Self.parked()
        try await talk.stage.store.commit(
            Transaction(changes: [ErasureChange.words(Stage.organization, Stage.alice)]))
        try await talk.write("stop")
        try await talk.settle()
        #expect(talk.words.last == "Stopped.")
    }

    @Test func `an answer that came is seen, however many wait before it`() async throws {
        let talk = try await Self.parked()
        let store = talk.stage.store
        let mine = try #require(try await store.turns(of: Stage.alice, in: Stage.organization, limit: 1).first)
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "y"])
        talk.stage.upstream.answer(json: #"{"sent": true}"#)
        try await talk.write("tell bob something else", thread: "2")
        try await talk.settle()
        for number in 0..<450 {
            let entry = InboxEntry(
                id: InboxID("aaa\(number)"), account: Talk.account, event: "aaa\(number)",
                conversation: ConversationID(raw: "c\(number)"), isStop: false, received: mine.began)
            var turn = Turn(
                id: TurnID("aaa\(number)"), account: Talk.account, conversation: entry.conversation, message: entry.id,
                agent: mine.agent, requester: .person(Stage.bob), sender: nil, place: mine.place, reply: [:],
                began: mine.began, steps: 1)
            try await store.commit(Transaction(changes: [TurnChange.receive(entry), TurnChange.begin(turn)]))
            turn.state = mine.state
            try await store.commit(Transaction(changes: [TurnChange.move(turn, from: 1)]))
        }
        for _ in 0..<3 { try await talk.settle() }
        let cards = try await talk.stage.desk.waiting(for: Stage.alice, in: Stage.organization)
        let other = try #require(cards.first { .parked(.approval($0.approval.id)) != mine.state })
        try await talk.stage.desk.approve(
            other.approval.id, by: Stage.alice, in: Stage.organization, shown: other.approval.digest)
        await talk.stage.runner.sweep()
        try await talk.settle()
        #expect(talk.words.last == #"got: {"sent":true}"#)
        #expect(talk.words.count == 3)
    }

    @Test func `every turn that waits is looked at in its time`() async throws {
        let talk = try await Self.parked()
        let store = talk.stage.store
        for _ in 0..<3 {
            talk.stage.clock.advance(seconds: 6)
            try await talk.settle()
            let now = talk.stage.clock.world.now()
            #expect(try await store.turns(of: Stage.alice, in: Stage.organization, limit: 1).map(\.looked) == [now])
        }
    }

    @Test func `a turn that can't go on fails in the end, and goes on where it was when somebody says so`() async throws
    {
        let talk = try Talk()
        talk.plays("notes.write")
        talk.stage.upstream.answer(json: #"{"written": true}"#)
        talk.model.play { [profiles = talk.profiles] request in
            switch request.messages.last {
            case .results(let results)?: return Talk.reply("got: " + results.map(\.text).joined())
            case .user, .assistant, nil:
                profiles.fail(with: FakeProfiles.Broken())
                return Talk.calling("notes.write")
            }
        }
        try await talk.write("write")
        var pauses = 0
        while try await Self.states(of: Stage.alice, talk).first != .ended(.failed), pauses < 20 {
            try await talk.settle()
            talk.stage.clock.advance(seconds: 40)
            pauses += 1
        }
        #expect(pauses == 5)
        #expect(talk.stage.upstream.seen.count == 1)
        let message = try #require(try await Self.troubles(talk).list(in: Stage.organization).first)
        #expect(message.trouble == .stuck && message.reason.contains("Broken") && message.attempts == 5)
        #expect(message.trouble.isCertain && message.bytes != nil)
        try await talk.settle()
        #expect(talk.words.first == OutboundContent.stuck.words)
        talk.profiles.fail(with: nil)
        try await Self.troubles(talk).retry(message.id, by: "root", in: Stage.organization)
        try await talk.settle()
        #expect(talk.words.last == #"got: {"written":true}"#)
        #expect(talk.stage.upstream.seen.count == 1, "what it had done isn't done again")
        #expect(try await talk.stage.store.turn(TurnID(message.id))?.state == .ended(.answered))
        #expect(try await Self.troubles(talk).list(in: Stage.organization).allSatisfy { $0.id != message.id })
    }

    @Test func `a turn that is stuck is dropped with its words`() async throws {
        let talk = try Talk()
        talk.profiles.fail(with: FakeProfiles.Broken())
        try await talk.write("canary-9")
        for _ in 0..<6 {
            try await talk.settle()
            talk.stage.clock.advance(seconds: 70)
        }
        let desk = Self.troubles(talk)
        let message = try #require(try await desk.list(in: Stage.organization).first)
        try await desk.drop(message.id, by: "root", in: Stage.organization)
        let turn = try #require(try await talk.stage.store.turn(TurnID(message.id)))
        #expect(try await talk.payloads.open(turn.payload(of: 0)) == nil)
        #expect(try await desk.list(in: Stage.organization).isEmpty)
        await #expect(throws: TurnsError.self) {
            try await desk.retry(message.id, by: "root", in: Stage.organization)
        }
    }

    @Test func `while the gateway itself can do nothing, turns wait and don't fail`() async throws {
        let talk = try Talk()
        talk.profiles.fail(with: CommitError.unavailable("the disk is full"))
        try await talk.write("hi")
        for _ in 0..<20 {
            try await talk.settle()
            talk.stage.clock.advance(seconds: 120)
        }
        #expect(talk.words.isEmpty)
        talk.profiles.fail(with: nil)
        try await talk.settle()
        #expect(talk.words == ["hello"])
    }
}

extension OutboundContent {
    fileprivate var words: String? {
        switch self {
        case .notice(let text, _): text
        case .words, .approval: nil
        }
    }
}
