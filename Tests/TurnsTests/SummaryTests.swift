import Authority
import Gate
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

/// Old turns are shown in fewer words, and what they rest on is never fewer.
struct SummaryTests {
    private static let chat = ModelSlot(
        name: "chat", speaks: .chat, model: "m", base: "https://models.test", longestReply: 1_000)

    private static func talk(_ endpoint: ModelSlot, room: Int) throws -> Talk {
        try Talk(
            profile: AgentProfile(system: "", models: [endpoint], isOpen: false),
            limits: TurnLimits(contextLength: room))
    }

    private static func summary(_ talk: Talk) async throws -> Summary? {
        let turn = try #require(
            try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).first)
        return try await talk.stage.store.summary(of: turn.session, in: turn.conversation)
    }

    /// Writes until the old turns were put in fewer words so often, the first of them with a canary's label.
    private static func summarize(_ talk: Talk, times: Int) async throws -> [Summary] {
        talk.plays("notes.mail")
        talk.stage.upstream.answer(json: #"{"canary": 51}"#)
        try await talk.write("read my mail")
        try await talk.settle()
        talk.model.play { request in
            Talk.reply(request.tools.isEmpty ? "in short: \(request.messages.count)" : "hello")
        }
        var found: [Summary] = []
        for number in 0..<200 where found.count < times {
            talk.stage.clock.advance(seconds: 1)
            try await talk.write("question \(number) " + String(repeating: "x", count: 40))
            try await talk.settle()
            if let summary = try await Self.summary(talk), summary != found.last { found.append(summary) }
        }
        return found
    }

    @Test(arguments: [ModelProtocol.offline, .chat])
    func `a canary's label is there after three summaries, and so are its readers`(speaks: ModelProtocol) async throws {
        let talk = try Self.talk(speaks == .offline ? Talk.endpoint : Self.chat, room: 400)
        let summaries = try await Self.summarize(talk, times: 3)
        #expect(summaries.count == 3)
        for summary in summaries {
            #expect(summary.labels.integrity == .outsider)
            #expect(summary.labels.readers == .only([Stage.alice]))
            #expect(try await (talk.payloads.open(summary.payload) != nil) == (summary == summaries.last))
        }
        #expect(Set(summaries.map(\.first)).count == 1 && Set(summaries.map(\.last)).count == 3)
        let shown = try #require(talk.model.requests.last?.messages.first)
        guard case .user(let words) = shown else { throw TurnError.erased }
        #expect(words.hasPrefix("(What was said here before, in fewer words"))
        let leaves = try await talk.stage.leaves().filter { $0["change"]?.stringValue == "conversation.summarized" }
        #expect(leaves.count == 3 && leaves.allSatisfy { $0["integrity"]?.stringValue == "outsider" })
        let asked = try await talk.stage.leaves().filter { $0["purpose"]?.stringValue == "summary" }
        #expect(asked.count == (speaks == .offline ? 0 : 3))
    }

    @Test func `a conversation that shows a summary has seen what it rests on`() async throws {
        let talk = try Self.talk(Talk.endpoint, room: 400)
        _ = try await Self.summarize(talk, times: 1)
        let session = talk.session(of: Stage.alice)
        talk.plays("notes.run")
        let before = talk.stage.upstream.seen.count
        try await talk.write("run it")
        try await talk.settle()
        #expect(talk.words.last == "got: there is no tool `notes.run`")
        #expect(talk.stage.upstream.seen.count == before)
        #expect(try await talk.stage.store.state(of: session)?.labels.integrity == .outsider)
    }

    @Test func `what the session has forgotten isn't in a summary that is shown`() async throws {
        let talk = try Self.talk(Talk.endpoint, room: 400)
        let old = try #require(try await Self.summarize(talk, times: 1).last)
        try await talk.stage.store.commit(
            Transaction(changes: [GateChange.clearSession(talk.session(of: Stage.alice))]))
        talk.stage.clock.advance(seconds: 1)
        try await talk.write("and now?")
        try await talk.settle()
        #expect(talk.model.requests.last?.messages == [.user("and now?")])
        talk.model.play { _ in Talk.reply("hello") }
        for number in 0..<20 {
            talk.stage.clock.advance(seconds: 1)
            try await talk.write("question \(number) " + String(repeating: "x", count: 40))
            try await talk.settle()
        }
        let new = try #require(try await Self.summary(talk))
        #expect(new.first > old.last && new.labels.integrity != .outsider)
        #expect(try await talk.payloads.open(old.payload) == nil)
    }

    @Test func `a model that doesn't answer to that is done without`() async throws {
        let talk = try Self.talk(Self.chat, room: 400)
        talk.model.play { request throws(ModelFailure) in
            if request.tools.isEmpty { throw .later(after: nil, "busy") }
            return Talk.reply("hello")
        }
        for number in 0..<12 {
            talk.stage.clock.advance(seconds: 1)
            try await talk.write("question \(number) " + String(repeating: "x", count: 40))
            try await talk.settle()
        }
        let stored = try #require(try await Self.summary(talk))
        #expect(try await talk.payloads.open(stored.payload)?.stringValue?.contains("Asked: ") == true)
        #expect(talk.words.allSatisfy { $0 == "hello" })
    }

    @Test func `what is too long for a model is shown in half as much, until it isn't`() async throws {
        let talk = try Self.talk(Self.chat, room: 100_000)
        let longest = 12_000
        talk.model.play { request throws(ModelFailure) in
            if request.bytes > longest { throw .tooLong("at most \(longest)") }
            switch request.messages.last {
            case .results?: return Talk.reply("read")
            case .user, .assistant, nil: return Talk.calling("notes.mail")
            }
        }
        talk.stage.upstream.answer(json: JSON.object(["text": .string(String(repeating: "y", count: 50_000))]).text)
        try await talk.write("read my mail")
        try await talk.settle()
        #expect(talk.words == ["read"])
        let sizes = talk.model.requests.map(\.bytes)
        #expect(sizes.max() ?? 0 > 50_000 && (sizes.last ?? .max) <= longest)
        #expect(sizes.count <= 8)
    }

    @Test func `what can't be made shorter is said to be too long`() async throws {
        let talk = try Self.talk(Self.chat, room: 100_000)
        talk.model.play { _ throws(ModelFailure) in throw .tooLong("no") }
        try await talk.write("hi")
        try await talk.settle()
        #expect(talk.words.count == 1)
        #expect(talk.words.first?.hasPrefix("This is too long for the agent's models") == true)
        #expect(talk.model.requests.count <= 9)
    }

    @Test func `a context that was said is kept to from the beginning`() async throws {
        let small = ModelSlot(
            name: "small", speaks: .chat, model: "m", base: "https://models.test", longestReply: 100, context: 4_000)
        let talk = try Self.talk(small, room: 100_000)
        talk.plays("notes.mail")
        talk.stage.upstream.answer(json: JSON.object(["text": .string(String(repeating: "y", count: 50_000))]).text)
        try await talk.write("read my mail")
        try await talk.settle()
        #expect(talk.words.count == 1)
        #expect(talk.model.requests.allSatisfy { $0.tokens <= 4_000 })
    }
}
