import Foundation

/// A plan in the form of Chat Completions, whole or as chunks.
struct ChatReply {
    private let id: String
    private let model: String
    private let plan: Plan
    private let input: Int
    private let calls: [JSON]
    private let pace: Duration
    private let created = Int(Date().timeIntervalSince1970)

    init(_ world: ModelsWorld, _ model: String, _ plan: Plan, input: Int) {
        id = world.id("chatcmpl-")
        self.model = model
        self.plan = plan
        self.input = input
        pace = world.pace
        calls = plan.calls.map { call in
            [
                "id": .string(world.id("call_")), "type": "function",
                "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
            ]
        }
    }

    func answer(streamed: Bool, withUsage: Bool) -> Answer {
        guard streamed else {
            let choice: JSON = ["index": 0, "message": message, "logprobs": .null, "finish_reason": ending]
            return Answer(
                200, head("chat.completion").with("choices", .array([choice])).with("usage", usage))
        }
        let error = OpenAIRules.body("The server had an error while processing your request", type: "server_error")
        let events = chunks(withUsage: withUsage).map(Self.line) + ["data: [DONE]\n\n"]
        return Answer(streaming: EventStream(events, plan, error: Self.line(error), pace: pace))
    }

    private var ending: JSON {
        switch plan.ending {
        case .finished, .refused: "stop"
        case .tools: "tool_calls"
        case .length: "length"
        }
    }

    private var usage: JSON {
        [
            "prompt_tokens": .int(input), "completion_tokens": .int(plan.output),
            "total_tokens": .int(input + plan.output),
            "prompt_tokens_details": ["cached_tokens": 0, "audio_tokens": 0],
            "completion_tokens_details": [
                "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            ],
        ]
    }

    private func head(_ object: String) -> JSON {
        [
            "id": .string(id), "object": .string(object), "created": .int(created), "model": .string(model),
            "service_tier": "default", "system_fingerprint": "fp_acme",
        ]
    }

    private var message: JSON {
        let isRefused = plan.ending == .refused
        let text: JSON = plan.text.isEmpty ? .null : .string(plan.text)
        let message: JSON = [
            "role": "assistant", "content": isRefused ? .null : text, "refusal": isRefused ? text : .null,
            "annotations": [],
        ]
        return calls.isEmpty ? message : message.with("tool_calls", .array(calls))
    }

    private func chunks(withUsage: Bool) -> [JSON] {
        let isRefused = plan.ending == .refused
        var deltas: [JSON] = [["role": "assistant", "content": calls.isEmpty ? "" : .null, "refusal": .null]]
        deltas += plan.pieces.map { isRefused ? ["refusal": .string($0)] : ["content": .string($0)] }
        for (index, call) in calls.enumerated() {
            let arguments = call["function"]?["arguments"]?.text ?? ""
            let named: JSON = ["name": call["function"]?["name"] ?? .null, "arguments": ""]
            let start: JSON = call.with("function", named).with("index", .int(index))
            deltas.append(["tool_calls": [start]])
            deltas += AnthropicReply.halves(arguments).dropFirst().map { half in
                ["tool_calls": [["index": .int(index), "function": ["arguments": .string(half)]]]]
            }
        }
        var chunks = deltas.map { chunk($0, .null) } + [chunk([:], ending)]
        if withUsage {
            chunks = chunks.map { $0.with("usage", .null) }
            chunks.append(head("chat.completion.chunk").with("choices", []).with("usage", usage))
        }
        return chunks
    }

    private func chunk(_ delta: JSON, _ reason: JSON) -> JSON {
        let choice: JSON = ["index": 0, "delta": delta, "logprobs": .null, "finish_reason": reason]
        return head("chat.completion.chunk").with("choices", .array([choice]))
    }

    private static func line(_ event: JSON) -> String { "data: \(event.line)\n\n" }
}
