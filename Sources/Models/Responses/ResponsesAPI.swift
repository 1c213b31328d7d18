import Turns
import Wire

/// A request to OpenAI's Responses (developers.openai.com/api/docs/api-reference/responses). Nothing of it is to stay
/// at the server: the conversation is kept here.
enum ResponsesAPI {
    static func request(_ talk: Conversation, at endpoint: ModelEndpoint) -> ModelHTTPRequest {
        var body: JSONObject = ["model": .string(endpoint.model)]
        if !talk.system.isBlank { body["instructions"] = .string(talk.system) }
        body["input"] = .array(talk.messages.flatMap(items))
        body["max_output_tokens"] = .number(JSONNumber(endpoint.longestReply))
        if !talk.tools.isEmpty { body["tools"] = .array(talk.tools.map(tool)) }
        body["store"] = false
        body["stream"] = true
        return ModelHTTPRequest(
            path: "/v1/responses", headers: [.init("accept", "text/event-stream")], body: .object(body))
    }

    private static func items(_ message: ModelMessage) -> [JSON] {
        switch message {
        case .user(let text): [["role": "user", "content": .string(text)]]
        case .results(let results):
            results.map {
                ["type": "function_call_output", "call_id": .string($0.call), "output": output($0)]
            }
        case .assistant(let text, let calls):
            (text.isEmpty ? [] : [["role": "assistant", "content": .string(text)]]) + calls.map(call)
        }
    }

    private static func output(_ result: ModelToolResult) -> JSON {
        guard let picture = result.picture else { return .string(result.marked) }
        return [
            ["type": "input_text", "text": .string(result.marked)],
            ["type": "input_image", "image_url": picture.dataURL, "detail": "high"],
        ]
    }

    private static func call(_ call: ModelToolCall) -> JSON {
        [
            "type": "function_call", "call_id": .string(call.id), "name": .string(call.name),
            "arguments": .string(call.arguments),
        ]
    }

    /// Without `strict` the server would hold the schema to a part of JSON Schema.
    private static func tool(_ tool: ModelTool) -> JSON {
        var described = tool.described(["type": "function", "name": .string(tool.name)], "parameters")
        described["strict"] = false
        return .object(described)
    }
}
