/// A plan in the form of Messages, whole or as events.
struct AnthropicReply {
    private let id: String
    private let model: String
    private let plan: Plan
    private let input: Int
    private let blocks: [JSON]
    private let pace: Duration

    init(_ world: ModelsWorld, _ model: String, _ plan: Plan, input: Int) {
        id = world.id("msg_")
        self.model = model
        self.plan = plan
        self.input = input
        pace = world.pace
        let calls = plan.calls.map { call -> JSON in
            [
                "type": "tool_use", "id": .string(world.id("toolu_")), "name": .string(call.name),
                "input": (try? JSONReader.read(call.arguments)) ?? [:],
            ]
        }
        blocks = (plan.text.isEmpty ? [] : [["type": "text", "text": .string(plan.text)]]) + calls
    }

    func answer(streamed: Bool) -> Answer {
        guard streamed else { return Answer(200, message(blocks, ending, usage: usage(plan.output))) }
        let error: JSON = ["type": "error", "error": ["type": "overloaded_error", "message": "Overloaded"]]
        return Answer(streaming: EventStream(events.map(Self.line), plan, error: Self.line(error), pace: pace))
    }

    private var ending: JSON {
        switch plan.ending {
        case .finished: "end_turn"
        case .tools: "tool_use"
        case .length: "max_tokens"
        case .refused: "refusal"
        }
    }

    private func usage(_ output: Int) -> JSON {
        [
            "input_tokens": .int(input), "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
            "output_tokens": .int(output), "service_tier": "standard",
        ]
    }

    private func message(_ content: [JSON], _ reason: JSON, usage: JSON) -> JSON {
        [
            "id": .string(id), "type": "message", "role": "assistant", "model": .string(model),
            "content": .array(content), "stop_reason": reason, "stop_sequence": .null, "usage": usage,
        ]
    }

    private var events: [JSON] {
        var events: [JSON] = [["type": "message_start", "message": message([], .null, usage: usage(1))]]
        for (index, block) in blocks.enumerated() {
            let isText = block["type"]?.text == "text"
            let start = isText ? block.with("text", "") : block.with("input", [:])
            events.append(["type": "content_block_start", "index": .int(index), "content_block": start])
            if index == 0 { events.append(["type": "ping"]) }
            let deltas: [JSON] =
                isText
                ? plan.pieces.map { ["type": "text_delta", "text": .string($0)] }
                : Self.halves(block["input"]?.line ?? "{}").map {
                    ["type": "input_json_delta", "partial_json": .string($0)]
                }
            events += deltas.map { ["type": "content_block_delta", "index": .int(index), "delta": $0] }
            events.append(["type": "content_block_stop", "index": .int(index)])
        }
        events.append([
            "type": "message_delta", "delta": ["stop_reason": ending, "stop_sequence": .null],
            "usage": ["output_tokens": .int(plan.output)],
        ])
        return events + [["type": "message_stop"]]
    }

    private static func line(_ event: JSON) -> String {
        "event: \(event["type"]?.text ?? "")\ndata: \(event.line)\n\n"
    }

    static func halves(_ text: String) -> [String] {
        ["", String(text.prefix(text.count / 2)), String(text.dropFirst(text.count / 2))]
    }
}
