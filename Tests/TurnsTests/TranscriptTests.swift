import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Turns

struct TranscriptTests {
    private static func lines(_ talk: Talk, of person: PersonID, session: String? = nil) async throws -> [JSON] {
        let desk = TalkDesk(
            store: talk.stage.store, payloads: talk.payloads, inbox: talk.desk, events: TurnEvents())
        var lines: [JSON] = []
        for turn in try await desk.transcript(of: person, in: Stage.organization, session: session) {
            lines += try await desk.transcript(of: turn)
        }
        return lines
    }

    @Test func `a transcript is what one person wrote and was told, with what it rests on`() async throws {
        let talk = try Talk()
        talk.plays("notes.mail")
        talk.stage.upstream.answer(json: #"{"canary": 51}"#)
        try await talk.write("read my mail")
        try await talk.settle()
        talk.model.play { _ in Talk.reply("hello") }
        try await talk.write("hi", as: Stage.bob)
        try await talk.settle()
        let lines = try await Self.lines(talk, of: Stage.alice)
        #expect(lines.map { $0["role"]?.stringValue } == ["person", "agent"])
        #expect(lines.map { $0["text"]?.stringValue } == ["read my mail", #"got: {"canary":51}"#])
        #expect(lines.allSatisfy { $0["labels"]?["integrity"]?.stringValue == "outsider" })
        #expect(lines.last?["labels"]?["readers"] == ["alice"])
        let session = talk.session(of: Stage.alice).id
        #expect(lines.allSatisfy { $0["session"]?.stringValue == session })
        #expect(try await Self.lines(talk, of: Stage.alice, session: session) == lines)
        #expect(try await Self.lines(talk, of: Stage.bob).compactMap { $0["text"]?.stringValue } == ["hi", "hello"])
    }

    @Test func `another person's session isn't there, and an erased one has no words`() async throws {
        let talk = try Talk()
        try await talk.write("my salary is 54321")
        try await talk.settle()
        let session = talk.session(of: Stage.alice).id
        #expect(try await Self.lines(talk, of: Stage.bob, session: session).isEmpty)
        #expect(try await Self.lines(talk, of: Stage.alice, session: "ses_none").isEmpty)
        try await talk.stage.store.commit(
            Transaction(changes: [ErasureChange.words(Stage.organization, Stage.alice)]))
        #expect(try await Self.lines(talk, of: Stage.alice).map { $0["text"] } == [JSON.null, JSON.null])
    }
}
