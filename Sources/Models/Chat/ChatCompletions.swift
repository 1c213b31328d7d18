import Turns
import Wire

/// A request to OpenAI's Chat Completions (developers.openai.com/api/docs/api-reference/chat), and to the servers that
/// speak it too.
enum ChatCompletions {
    static func request(_ talk: Conversation, at endpoint: ModelEndpoint) -> ModelHTTPRequest {
        var body: JSONObject = ["model": .string(endpoint.model)]
        let system: [JSON] =
            talk.system.isBlank ? [] : [["role": "system", "content": .string(talk.system)]]
        body["messages"] = .array(system + talk.messages.flatMap(messages))
        body[limit(at: endpoint)] = .number(JSONNumber(endpoint.longestReply))
        if !talk.tools.isEmpty { body["tools"] = .array(talk.tools.map(tool)) }
        body["stream"] = true
        body["stream_options"] = ["include_usage": true]
        return ModelHTTPRequest(
            path: "/v1/chat/completions", headers: [.init("accept", "text/event-stream")], body: .object(body))
    }

    /// OpenAI's newer models refuse the older name, and Ollama and others know no other.
    private static func limit(at endpoint: ModelEndpoint) -> String {
        let base = endpoint.base.lowercased()
        let isOpenAI = base.hasPrefix("https://api.openai.com") || base.contains(".openai.azure.com")
        return isOpenAI ? "max_completion_tokens" : "max_tokens"
    }

    private static func messages(_ message: ModelMessage) -> [JSON] {
        switch message {
        case .user(let text): [["role": "user", "content": .string(text)]]
        case .results(let results):
            results.map {
                ["role": "tool", "tool_call_id": .string($0.call), "content": .string($0.marked)]
            } + pictures(of: results)
        case .assistant(let text, let calls): [assistant(text, calls)]
        }
    }

    /// A tool says text alone here, so that what it showed is the user's to say, after all that tools said.
    private static func pictures(of results: [ModelToolResult]) -> [JSON] {
        let parts = results.flatMap { result -> [JSON] in
            guard let picture = result.picture else { return [] }
            return [
                ["type": "text", "text": .string("The picture that call `\(result.call)` answered with:")],
                ["type": "image_url", "image_url": ["url": picture.dataURL, "detail": "high"]],
            ]
        }
        return parts.isEmpty ? [] : [["role": "user", "content": .array(parts)]]
    }

    private static func assistant(_ text: String, _ calls: [ModelToolCall]) -> JSON {
        var message: JSONObject = ["role": "assistant"]
        if !text.isEmpty { message["content"] = .string(text) }
        if !calls.isEmpty {
            message["tool_calls"] = .array(
                calls.map {
                    [
                        "id": .string($0.id), "type": "function",
                        "function": ["name": .string($0.name), "arguments": .string($0.arguments)],
                    ]
                })
        }
        return .object(message)
    }

    private static func tool(_ tool: ModelTool) -> JSON {
        ["type": "function", "function": .object(tool.described(["name": .string(tool.name)], "parameters"))]
    }
}
