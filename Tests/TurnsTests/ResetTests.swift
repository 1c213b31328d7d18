import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Turns

struct ResetTests {
    private static func desk(_ talk: Talk) -> SessionDesk {
        SessionDesk(
            store: talk.stage.store, payloads: talk.payloads, events: TurnEvents(), world: talk.stage.clock.world)
    }

    /// Alice's agent has read her mail, and waits for her yes.
    private static func waiting() async throws -> Talk {
        let talk = try Talk()
        talk.plays("notes.mail")
        talk.stage.upstream.answer(json: #"{"from": "somebody outside"}"#)
        try await talk.write("read my mail")
        try await talk.settle()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        try await talk.write("tell bob")
        try await talk.settle()
        talk.stage.clock.advance(seconds: 1)
        return talk
    }

    private static func states(_ talk: Talk) async throws -> [TurnState] {
        try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 9).map(\.state)
    }

    @Test(arguments: ["/new", " /Reset\n"])
    func `a person begins anew: what waits ends, and nothing of before is shown again`(words: String) async throws {
        let talk = try await Self.waiting()
        try await talk.write(words)
        try await talk.settle()
        #expect(talk.words.suffix(2) == ["May I?", TurnRunner.anew])
        #expect(try await Self.states(talk) == [.ended(.stopped), .ended(.answered)])
        #expect(try await talk.stage.store.state(of: talk.session(of: Stage.alice)) == nil)
        let leaves = try await talk.stage.leaves().filter { $0["change"]?.stringValue == "sessions.reset" }
        #expect(leaves.map { $0["stopped"]?.integerValue } == [1])
        talk.stage.clock.advance(seconds: 1)
        talk.model.play { _ in Talk.reply("hello") }
        try await talk.write("who are you?")
        try await talk.settle()
        #expect(talk.model.requests.last?.messages == [.user("who are you?")])
        #expect(talk.stage.upstream.seen.map(\.request) == ["POST /notes.mail"])
    }

    @Test func `nobody begins anew for somebody else in the same place`() async throws {
        let talk = try Talk()
        talk.plays("notes.mail")
        talk.stage.upstream.answer(json: #"{"from": "somebody outside"}"#)
        try await talk.write("read my mail", thread: "1", place: .channel)
        try await talk.settle()
        try await talk.write("/new", as: Stage.bob, thread: "1", place: .channel)
        try await talk.settle()
        let turn = try #require(
            try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).first)
        let seen = try await talk.stage.store.state(of: turn.session)?.labels
        #expect(seen?.integrity == .outsider)
    }

    @Test func `a guest forgets nothing that the agent has seen`() async throws {
        let talk = try Talk { $0.guests = ["notes.read"] }
        talk.reception.makeGuest("slack:T1/eve")
        try await talk.write("hi", as: PersonID("eve"))
        try await talk.settle()
        let before = try await talk.stage.store.sessions(in: Stage.organization, limit: 9)
        try await talk.write("/new", as: PersonID("eve"))
        try await talk.settle()
        #expect(try await talk.stage.store.sessions(in: Stage.organization, limit: 9) == before)
        #expect(talk.words.last == "Nothing is under way.")
    }

    @Test func `a program's words begin nothing anew`() async throws {
        let talk = try Talk()
        let account = ChannelAccountID(organization: Stage.organization, kind: .api, name: "token")
        try await talk.write("/new", account: account)
        try await talk.settle()
        #expect(talk.model.requests.last?.messages == [.user("/new")])
    }

    @Test func `an administrator has a session begin anew, of which nothing is left`() async throws {
        let talk = try await Self.waiting()
        let session = talk.session(of: Stage.alice)
        #expect(try await Self.desk(talk).reset(session, by: "user:0") == 1)
        #expect(try await Self.desk(talk).reset(session, by: "user:0") == 0)
        #expect(try await Self.states(talk) == [.ended(.stopped), .ended(.answered)])
        #expect(try await talk.stage.store.state(of: session) == nil)
        #expect(try await talk.stage.leaves().last?["by"]?.stringValue == "user:0")
    }

    @Test func `a decision that stood on what the session had seen doesn't outlive it`() async throws {
        let talk = try await Self.waiting()
        let session = talk.session(of: Stage.alice)
        let before = talk.stage.store.epoch(of: .session(session))
        _ = try await Self.desk(talk).reset(session, by: "user:0")
        #expect(talk.stage.store.epoch(of: .session(session)) > before)
    }
}
