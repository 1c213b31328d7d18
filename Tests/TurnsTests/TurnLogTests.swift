import Authority
import Gate
import Testing
import Turns

struct TurnLogTests {
    private static let call = ModelToolCall(id: "c1", name: "notes.read", arguments: "{}")
    private static let other = ModelToolCall(id: "c2", name: "notes.send", arguments: "{}")
    private static let limits = TurnLimits(replies: 2)

    private static func reply(_ text: String = "", _ calls: ModelToolCall...) -> TurnStep {
        .replied(
            ModelReply(
                text: text, calls: calls, ending: calls.isEmpty ? .finished : .tools,
                usage: ModelUsage(input: 3, output: 4)),
            endpoint: "main")
    }

    private static func answered(_ call: ModelToolCall) -> TurnStep {
        .answered(ModelToolResult(call: call.id, text: "yes", isError: false))
    }

    @Test func `a question is for the model`() {
        #expect(TurnLog([.asked("hello")]).next(within: TurnLogTests.limits) == .ask)
    }

    @Test func `words without calls are said`() {
        #expect(TurnLog([.asked("hello"), TurnLogTests.reply("hi")]).next(within: TurnLogTests.limits) == .say("hi"))
    }

    @Test func `calls are made in their order, and then the model is asked again`() {
        var log = TurnLog([.asked("go"), TurnLogTests.reply("", TurnLogTests.call, TurnLogTests.other)])
        #expect(log.next(within: TurnLogTests.limits) == .call(TurnLogTests.call, begun: nil))
        log.append(TurnLogTests.answered(TurnLogTests.call))
        #expect(log.next(within: TurnLogTests.limits) == .call(TurnLogTests.other, begun: nil))
        log.append(TurnLogTests.answered(TurnLogTests.other))
        #expect(log.next(within: TurnLogTests.limits) == .ask)
    }

    @Test func `a call that was begun is found again under its id`() {
        var log = TurnLog([.asked("go"), TurnLogTests.reply("", TurnLogTests.call)])
        log.append(.calling("c1", CallID("call_1")))
        #expect(log.next(within: TurnLogTests.limits) == .call(TurnLogTests.call, begun: CallID("call_1")))
    }

    @Test func `after a wait the call is a new one`() {
        var log = TurnLog([.asked("go"), TurnLogTests.reply("", TurnLogTests.call)])
        log.append(.calling("c1", CallID("call_1")))
        log.append(.waits("c1", .connection))
        #expect(log.next(within: TurnLogTests.limits) == .call(TurnLogTests.call, begun: nil))
        log.append(.calling("c1", CallID("call_2")))
        #expect(log.next(within: TurnLogTests.limits) == .call(TurnLogTests.call, begun: CallID("call_2")))
    }

    @Test func `a model that never ends is given up`() {
        var log = TurnLog([.asked("go")])
        for _ in 0..<2 {
            log.append(TurnLogTests.reply("", TurnLogTests.call))
            log.append(TurnLogTests.answered(TurnLogTests.call))
        }
        #expect(log.next(within: TurnLogTests.limits) == .giveUp)
    }

    @Test func `a reply ends the failures of its endpoint`() {
        var log = TurnLog([.asked("go"), .unanswered(endpoint: "main", reason: "busy")])
        log.append(.unanswered(endpoint: "main", reason: "busy"))
        log.append(.unanswered(endpoint: "spare", reason: "busy"))
        #expect(log.failures(of: "main") == 2)
        #expect(log.failures(of: "spare") == 1)
        log.append(TurnLogTests.reply("", TurnLogTests.call))
        #expect(log.failures(of: "main") == 0)
    }

    @Test func `every answer to one reply is shown at once`() {
        let log = TurnLog([
            .asked("go"), TurnLogTests.reply("wait", TurnLogTests.call, TurnLogTests.other),
            .calling("c1", CallID("x")), TurnLogTests.answered(TurnLogTests.call), .waits("c2", .connection),
            TurnLogTests.answered(TurnLogTests.other), TurnLogTests.reply("done"),
        ])
        #expect(
            log.messages == [
                .user("go"), .assistant("wait", [TurnLogTests.call, TurnLogTests.other]),
                .results([
                    ModelToolResult(call: "c1", text: "yes", isError: false),
                    ModelToolResult(call: "c2", text: "yes", isError: false),
                ]),
                .assistant("done", []),
            ])
        #expect(log.usage == ModelUsage(input: 6, output: 8))
    }

    @Test(arguments: [
        TurnStep.asked("a \u{202E} b"), TurnLogTests.reply("x", TurnLogTests.call), .calling("c", CallID("i")),
        TurnLogTests.answered(TurnLogTests.call), .waits("c", .connection), .waits("c", .approval(ApprovalID("apr"))),
        .unanswered(endpoint: "main", reason: "busy"), .tooLong(endpoint: "main", bytes: 700),
        .unseen(endpoint: "main", reason: "no pictures"),
    ])
    func `a step is kept whole`(_ step: TurnStep) {
        #expect(TurnStep(json: step.json) == step)
    }
}
