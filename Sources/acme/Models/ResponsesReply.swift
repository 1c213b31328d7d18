import Foundation

/// A plan in the form of Responses, whole or as events.
struct ResponsesReply {
    private let id: String
    private let body: JSON
    private let plan: Plan
    private let input: Int
    private let messageID: String
    private let calls: [(id: String, call: String, name: String, arguments: String)]
    private let pace: Duration
    private let created = Int(Date().timeIntervalSince1970)

    init(_ world: ModelsWorld, _ body: JSON, _ plan: Plan, input: Int) {
        id = world.id("resp_")
        messageID = world.id("msg_")
        self.body = body
        self.plan = plan
        self.input = input
        pace = world.pace
        calls = plan.calls.map { (world.id("fc_"), world.id("call_"), $0.name, $0.arguments) }
    }

    func answer(streamed: Bool) -> Answer {
        guard streamed else { return Answer(200, response(status, items, usage: usage)) }
        let error: JSON = [
            "type": "error", "code": "server_error", "param": .null,
            "message": "The server had an error while processing your request",
        ]
        let numbered = events.enumerated().map { Self.line($0.element, $0.offset) }
        let last = Self.line(error, plan.errorAfter ?? 0)
        return Answer(streaming: EventStream(numbered, plan, error: last, pace: pace))
    }

    private var status: String { plan.ending == .length ? "incomplete" : "completed" }

    private var usage: JSON {
        [
            "input_tokens": .int(input), "input_tokens_details": ["cached_tokens": 0, "cache_write_tokens": 0],
            "output_tokens": .int(plan.output), "output_tokens_details": ["reasoning_tokens": 0],
            "total_tokens": .int(input + plan.output),
        ]
    }

    private func response(_ status: String, _ output: [JSON], usage: JSON) -> JSON {
        [
            "id": .string(id), "object": "response", "created_at": .int(created), "status": .string(status),
            "error": .null,
            "incomplete_details": status == "incomplete" ? ["reason": "max_output_tokens"] : .null,
            "instructions": body["instructions"] ?? .null,
            "max_output_tokens": body["max_output_tokens"] ?? .null, "metadata": [:],
            "model": body["model"] ?? .null, "output": .array(output), "parallel_tool_calls": true,
            "previous_response_id": .null, "temperature": 1,
            "text": ["format": ["type": "text"]], "tool_choice": "auto", "tools": body["tools"] ?? [],
            "top_p": 1, "truncation": "disabled", "usage": usage,
        ]
    }

    private var items: [JSON] {
        let message = plan.text.isEmpty ? [] : [message("completed", [part(plan.text)])]
        return message + calls.map { call("completed", $0, $0.arguments) }
    }

    private func message(_ status: String, _ content: [JSON]) -> JSON {
        [
            "id": .string(messageID), "type": "message", "status": .string(status), "role": "assistant",
            "content": .array(content),
        ]
    }

    private func part(_ text: String) -> JSON {
        plan.ending == .refused
            ? ["type": "refusal", "refusal": .string(text)]
            : ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
    }

    private func call(
        _ status: String, _ call: (id: String, call: String, name: String, arguments: String), _ arguments: String
    ) -> JSON {
        [
            "id": .string(call.id), "type": "function_call", "status": .string(status),
            "arguments": .string(arguments), "call_id": .string(call.call), "name": .string(call.name),
        ]
    }

    private var events: [JSON] {
        var events: [JSON] = ["response.created", "response.in_progress"].map {
            ["type": .string($0), "response": response("in_progress", [], usage: .null)]
        }
        if !plan.text.isEmpty { events += messageEvents }
        for (place, item) in calls.enumerated() { events += callEvents(item, plan.text.isEmpty ? place : place + 1) }
        events.append(["type": .string("response.\(status)"), "response": response(status, items, usage: usage)])
        return events
    }

    private var messageEvents: [JSON] {
        let kind = plan.ending == .refused ? "response.refusal" : "response.output_text"
        let there: JSON = ["item_id": .string(messageID), "output_index": 0, "content_index": 0]
        let more: JSON = plan.ending == .refused ? [:] : ["logprobs": []]
        return [
            event("response.output_item.added", ["output_index": 0, "item": message("in_progress", [])]),
            event("response.content_part.added", there.with("part", part(""))),
        ] + plan.pieces.map { event(kind + ".delta", there.with("delta", .string($0)).joined(with: more)) } + [
            event(
                kind + ".done",
                there.with(plan.ending == .refused ? "refusal" : "text", .string(plan.text)).joined(with: more)),
            event("response.content_part.done", there.with("part", part(plan.text))),
            event(
                "response.output_item.done", ["output_index": 0, "item": message("completed", [part(plan.text)])]),
        ]
    }

    private func callEvents(
        _ item: (id: String, call: String, name: String, arguments: String), _ place: Int
    ) -> [JSON] {
        let there: JSON = ["item_id": .string(item.id), "output_index": .int(place)]
        return [
            event(
                "response.output_item.added",
                ["output_index": .int(place), "item": call("in_progress", item, "")])
        ]
            + AnthropicReply.halves(item.arguments).dropFirst().map {
                event("response.function_call_arguments.delta", there.with("delta", .string($0)))
            } + [
                event(
                    "response.function_call_arguments.done",
                    there.with("arguments", .string(item.arguments))),
                event(
                    "response.output_item.done",
                    ["output_index": .int(place), "item": call("completed", item, item.arguments)]),
            ]
    }

    private func event(_ type: String, _ members: JSON) -> JSON {
        let event: JSON = ["type": .string(type)]
        return event.joined(with: members)
    }

    private static func line(_ event: JSON, _ number: Int) -> String {
        "event: \(event["type"]?.text ?? "")\ndata: \(event.with("sequence_number", .int(number)).line)\n\n"
    }
}
