import Authority
import Testing
import Turns
import Wire

@testable import Models

/// A server that doesn't keep to its protocol never gets half a reply taken as whole.
struct HostileTests {
    private func result(_ text: String, _ speaks: ModelProtocol) async -> Result<ModelReply, ModelFailure> {
        await outcome(of: ScriptedServer(pieces: [Array(text.utf8)]), speaks)
    }

    @Test(arguments: [
        ["{"], ["[]"], ["null"], ["{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\ud800\"}}]}"],
        ["[DONE]"], [Streams.said("a"), "[DONE]"],
        [Streams.part(0, id: "c"), Streams.ended("tool_calls"), "[DONE]"],
        [Streams.part(0, arguments: "{}"), Streams.ended("tool_calls"), "[DONE]"],
        [
            Streams.part(0, id: "c", name: "a"), Streams.part(0, id: "c", name: "b"), Streams.ended("tool_calls"),
            "[DONE]",
        ],
        [Streams.ended("tool_calls"), "[DONE]"], [Streams.ended("whatever"), "[DONE]"],
        [Streams.ended("stop"), Streams.said("more"), "[DONE]"],
        [Streams.ended("stop"), Streams.part(0, id: "c", name: "a"), "[DONE]"],
    ])
    func `chunks that break the rules are a failure that may pass`(chunks: [String]) async {
        #expect(await result(Streams.chat(chunks), .chat).isLater)
    }

    @Test(arguments: [
        Streams.stop, [Streams.start, Streams.start] + Streams.stop,
        [Streams.start, #"{"type":"message_stop"}"#],
        Streams.block(0, #"{"type":"text","text":""}"#) + Streams.stop,
        [Streams.start] + Streams.block(0, #"{"type":"text"}"#) + Streams.block(0, #"{"type":"text"}"#) + Streams.stop,
        [Streams.start] + Streams.block(0, #"{"type":"tool_use","id":"a","input":{}}"#) + Streams.toolStop,
        [Streams.start] + Streams.block(0, #"{"type":"tool_use","id":"a","name":7,"input":{}}"#) + Streams.toolStop,
        [Streams.start] + Streams.block(0, #"{"type":"text"}"#, [#"{"type":"input_json_delta","partial_json":"{"}"#])
            + Streams.stop,
        [Streams.start, #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#]
            + Streams.stop,
        [Streams.start, #"{"type":"content_block_stop","index":0}"#] + Streams.stop,
        [Streams.start, #"{"type":"content_block_start","index":0,"content_block":{"type":"text"}}"#] + Streams.stop,
        [
            Streams.start,
            #"{"type":"content_block_start","index":99999999999999999999,"content_block":{"type":"text"}}"#,
        ] + Streams.stop,
        [Streams.start] + Streams.toolStop,
        [
            Streams.start, #"{"type":"message_delta","delta":{"stop_reason":"pause_turn"}}"#,
            #"{"type":"message_stop"}"#,
        ],
    ])
    func `events of Anthropic that break the rules are a failure that may pass`(events: [String]) async {
        #expect(await result(Streams.events(events), .anthropic).isLater)
    }

    private static let added =
        #"{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"c","name":"a"}}"#
    private static let completed = #"{"type":"response.completed","response":{}}"#

    @Test(arguments: [
        [added, added, completed],
        [#"{"type":"response.output_item.added","item":{"type":"function_call","name":"a"}}"#, completed],
        [#"{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call"}}"#, completed],
        [#"{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{"}"#, completed],
        [
            added, #"{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{}"}"#,
            #"{"type":"response.function_call_arguments.done","output_index":0,"arguments":"{\"a\":1}"}"#, completed,
        ],
        [
            added,
            #"{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","name":"b"}}"#,
            completed,
        ],
        [#"{"type":"response.incomplete","response":{"incomplete_details":{"reason":"steered"}}}"#],
    ])
    func `events of Responses that break the rules are a failure that may pass`(events: [String]) async {
        #expect(await result(Streams.events(events), .responses).isLater)
    }

    @Test func `the same streams without their faults are replies`() async {
        let chat = Streams.chat([Streams.part(0, id: "c", name: "a"), Streams.ended("tool_calls"), "[DONE]"])
        #expect(await result(chat, .chat).reply?.calls.count == 1)
        let anthropic =
            [Streams.start] + Streams.block(0, #"{"type":"tool_use","id":"a","name":"b","input":{"x":1}}"#)
            + Streams.toolStop
        #expect(await result(Streams.events(anthropic), .anthropic).reply?.calls.first?.arguments == #"{"x":1}"#)
        #expect(
            await result(Streams.events([Self.added, Self.completed]), .responses).reply?.calls.map(\.name) == ["a"])
    }

    @Test func `calls without ids, or with one id twice, are told apart`() async {
        let chunks = [
            Streams.part(0, id: "c", name: "a"), Streams.part(1, id: "c", name: "b"), Streams.part(2, name: "d"),
            Streams.part(0, id: "e", name: "f", arguments: "{}"), Streams.ended("stop"), "[DONE]",
        ]
        let reply = await result(Streams.chat(chunks), .chat).reply
        #expect(reply?.calls.map(\.name) == ["a", "b", "d", "f"])
        #expect(reply?.calls.map(\.id) == ["c", "call_2", "call_3", "e"])
        #expect(reply?.ending == .tools)
    }

    @Test func `a server's count of tokens stays within bounds`() async {
        for (told, taken) in [("-5", 0), ("9223372036854775807", ModelLimits.tokens), ("1e99", 0), ("\"7\"", 0)] {
            let chunks = [
                Streams.ended("stop"), #"{"choices":[],"usage":{"prompt_tokens":\#(told),"completion_tokens":3}}"#,
                "[DONE]",
            ]
            let usage = await result(Streams.chat(chunks), .chat).reply?.usage
            #expect(usage == ModelUsage(input: taken, output: 3))
            let start =
                #"{"type":"message_start","message":{"usage":{"input_tokens":\#(told),"cache_read_input_tokens":\#(told)}}}"#
            let counted = await result(Streams.events([start] + Streams.stop), .anthropic).reply?.usage
            #expect(counted == ModelUsage(input: taken, output: 2))
        }
    }

    private static let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)

    @Test func `a server that never stops is stopped`() async {
        let pieces = [Array("data: ".utf8)] + Array(repeating: Self.million, count: 64)
        let server = ScriptedServer(pieces: pieces)
        #expect(await outcome(of: server, .chat).isRefused)
        #expect(server.asked.sent == 9)
    }

    @Test(arguments: [1, 23])
    func `lines, events and streams have their bounds, however their bytes come`(size: Int) {
        func fault(line: Int = 10, event: Int = 9, stream: Int = 23) -> ModelFailure? {
            var reader = EventReader(line: line, event: event, stream: stream)
            let bytes = Array("data: aaaa\ndata: aaaa\n\n".utf8)
            return stride(from: 0, to: bytes.count, by: size).lazy
                .compactMap { reader.push(Array(bytes[$0..<min($0 + size, bytes.count)])).fault }.first
        }
        #expect(fault() == nil)
        #expect(fault(line: 9) != nil)
        #expect(fault(event: 8) != nil)
        #expect(fault(stream: 22) != nil)
    }

    @Test func `text, arguments, calls and names have their bounds`() async {
        let long = String(decoding: Self.million, as: UTF8.self)
        let text = Array(repeating: Streams.said(long), count: 5)
        let arguments =
            [Streams.part(0, id: "c", name: "a")] + Array(repeating: Streams.part(0, arguments: long), count: 2)
        let calls = (0...ModelLimits.calls).map { Streams.part($0, id: "c\($0)", name: "a") }
        let name = [Streams.part(0, id: "c", name: String(repeating: "a", count: ModelLimits.nameBytes + 1))]
        for chunks in [text, arguments, calls, name] {
            let whole = Streams.chat(chunks + [Streams.ended("stop"), "[DONE]"])
            #expect(await result(whole, .chat).isRefused)
        }
        let most = Array(calls.dropLast()) + [Streams.ended("tool_calls"), "[DONE]"]
        #expect(await result(Streams.chat(most), .chat).reply?.calls.count == ModelLimits.calls)
    }
}
