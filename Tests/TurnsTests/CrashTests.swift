import Authority
import Gate
import Testing
import Turns
import Twins
import Wire

/// A process that dies after any of its commits, and another one that goes on.
struct CrashTests {
    /// More than one message takes in all.
    private static let commits = 30

    @Test(arguments: 0..<commits)
    func `whatever died, an effect happens once at most and is answered once`(commits: Int) async throws {
        let talk = try Talk()
        talk.plays("notes.write")
        for _ in 0..<3 { talk.stage.upstream.answer(json: #"{"written": true}"#) }
        talk.stage.store.fail(after: commits)
        let isTaken = (try? await talk.write("write it", event: "Ev1")) != nil
        let first = talk.gateway()
        for _ in 0..<3 { await first.turns.step() }
        for _ in 0..<3 { await first.outbox.sweep() }

        talk.stage.store.fail(after: nil)
        let second = talk.gateway()
        // The channel says it again when nobody said that it was taken.
        if !isTaken { try await talk.write("write it", event: "Ev1") }
        try await talk.settle(second)

        let written = talk.stage.upstream.seen.count { $0.request == "POST /notes.write" }
        #expect(written == 1)
        #expect(talk.words.count == 1)
        let word = try #require(talk.words.first)
        #expect(word == #"got: {"written":true}"# || word.hasPrefix("got: unknown"))
        let lost = try await talk.stage.store.undelivered(in: Stage.organization, limit: 9)
        #expect(lost.allSatisfy { $0.state == .unknown })
    }

    @Test func `the check finds a turn that forgets what it began`() async throws {
        // Without the step that names a call before it is made, the second process makes the call again.
        let log = TurnLog([
            .asked("go"),
            .replied(
                ModelReply(
                    text: "", calls: [ModelToolCall(id: "c", name: "notes.write", arguments: "{}")], ending: .tools,
                    usage: ModelUsage()), endpoint: "main"),
        ])
        var careful = log
        careful.append(.calling("c", CallID("call_1")))
        let call = ModelToolCall(id: "c", name: "notes.write", arguments: "{}")
        #expect(log.next(within: TurnLimits()) == .call(call, begun: nil))
        #expect(careful.next(within: TurnLimits()) == .call(call, begun: CallID("call_1")))
    }

    @Test func `a message that can't be sent waits, then comes in its order`() async throws {
        let talk = try Talk()
        talk.delivery.next(.retry(after: 5, "ratelimited"))
        try await talk.write("one")
        try await talk.settle()
        try await talk.write("two")
        try await talk.settle()
        #expect(talk.said.isEmpty)
        talk.stage.clock.advance(seconds: 6)
        try await talk.settle()
        #expect(talk.words == ["hello", "hello"])
    }

    @Test func `a message of which nobody knows whether it arrived isn't sent again`() async throws {
        let talk = try Talk()
        talk.delivery.next(.unknown("the answer got lost"))
        try await talk.write("one")
        try await talk.settle()
        try await talk.settle()
        #expect(talk.words == ["hello"])
        let lost = try await talk.stage.store.undelivered(in: Stage.organization, limit: 9)
        #expect(lost.map(\.state) == [.unknown])
    }
}
