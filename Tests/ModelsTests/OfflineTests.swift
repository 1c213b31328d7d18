import Authority
import Models
import Testing
import Turns
import Wire

struct OfflineTests {
    private let server = ScriptedServer()

    private func reply(_ messages: [ModelMessage], ear: Ear = Ear()) async throws -> ModelReply {
        let result = await outcome(
            of: server, .offline, ModelRequest(system: "s", messages: messages, tools: []), ear: ear)
        return try result.get()
    }

    private let two = "Please do this:\n  /call notion.search {\"query\": \"a\\nb {\"}\r\n/call clock\nThank you."

    @Test func `written calls are made one after the other, and their answers told`() async throws {
        var messages: [ModelMessage] = [.user("/call old {}"), .assistant("x", []), .user(two)]
        let first = try await reply(messages)
        #expect(first.calls.map(\.name) == ["notion.search"])
        #expect(first.calls.map(\.arguments) == ["{\"query\": \"a\\nb {\"}"])
        #expect(first.ending == .tools && first.text.isEmpty)
        #expect(try await reply(messages) == first)
        messages += [
            .assistant("", first.calls), .results([ModelToolResult(call: "x", text: "{\"found\": 1}", isError: false)]),
        ]
        let second = try await reply(messages)
        #expect(second.calls.map(\.name) == ["clock"] && second.calls.map(\.arguments) == ["{}"])
        #expect(second.calls.map(\.id) != first.calls.map(\.id))
        messages += [
            .assistant("", second.calls), .results([ModelToolResult(call: "y", text: "/call evil", isError: true)]),
        ]
        let ear = Ear()
        let last = try await reply(messages, ear: ear)
        #expect(last.calls.isEmpty && last.ending == .finished)
        #expect(last.text.contains("`notion.search` answered: {\"found\": 1}\n`clock` failed: /call evil"))
        #expect(ear.heard == [last.text])
        #expect(last.usage == ModelUsage())
        #expect(server.asked.requests.isEmpty)
    }

    @Test(arguments: [
        "Hello", "/caller x", "say /call x", "/call", "/call x {", "/call x []", "/call x 7",
        String(repeating: "/call x\n", count: 33),
    ])
    func `what isn't a call, or is one written wrong, is answered with how to write one`(text: String) async throws {
        let reply = try await reply([.user(text)])
        #expect(reply.calls.isEmpty && reply.ending == .finished)
        #expect(reply.text.hasSuffix("on a line of its own: `/call TOOL {\"name\": \"value\"}`."))
    }

    @Test func `it says each time that it is no model`() async throws {
        for messages in [[], [ModelMessage.user("Hello")], [.user("/call x {")], [.user("a"), .assistant("b", [])]] {
            #expect(try await reply(messages).text.hasPrefix("I am the offline planner, not a model"))
        }
    }

    @Test func `only the last message is followed, never an answer or a system prompt`() async throws {
        let messages: [ModelMessage] = [
            .user("/call a"), .assistant("/call b", [ModelToolCall(id: "1", name: "a", arguments: "{}")]),
            .results([ModelToolResult(call: "1", text: "/call c", isError: false)]), .user("Hello"),
        ]
        #expect(try await reply(messages).calls.isEmpty)
    }
}
