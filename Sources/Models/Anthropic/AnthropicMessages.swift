import Turns
import Wire

/// A request to Anthropic's Messages (platform.claude.com/docs/en/api/messages).
enum AnthropicMessages {
    /// The newest. What is sent here is good in 2023-06-01 too (platform.claude.com/docs/en/api/migration-2026-10-21).
    static let version = "2026-10-21"

    static func request(_ talk: Conversation, at endpoint: ModelEndpoint) -> ModelHTTPRequest {
        var body: JSONObject = [
            "model": .string(endpoint.model), "max_tokens": .number(JSONNumber(endpoint.longestReply)), "stream": true,
        ]
        if !talk.system.isBlank { body["system"] = .string(talk.system) }
        body["messages"] = .array(messages(talk.messages))
        if !talk.tools.isEmpty {
            body["tools"] = .array(talk.tools.map { .object($0.described(["name": .string($0.name)], "input_schema")) })
        }
        return ModelHTTPRequest(
            path: "/v1/messages", headers: [.init("anthropic-version", version), .init("accept", "text/event-stream")],
            body: .object(body))
    }

    /// Results are the user's to say here, and what the user says after them belongs to the same message.
    private static func messages(_ messages: [ModelMessage]) -> [JSON] {
        var said: [(role: String, blocks: [JSON])] = []
        for message in messages {
            let (role, blocks): (String, [JSON]) =
                switch message {
                case .user(let text): ("user", [textBlock(text)])
                case .results(let results): ("user", results.map(resultBlock))
                case .assistant(let text, let calls):
                    ("assistant", (text.isEmpty ? [] : [textBlock(text)]) + calls.map(callBlock))
                }
            if said.last?.role == role {
                said[said.count - 1].blocks += blocks
            } else {
                said.append((role, blocks))
            }
        }
        return said.map { ["role": .string($0.role), "content": .array($0.blocks)] }
    }

    private static func textBlock(_ text: String) -> JSON {
        ["type": "text", "text": .string(text)]
    }

    private static func callBlock(_ call: ModelToolCall) -> JSON {
        [
            "type": "tool_use", "id": .string(call.id), "name": .string(call.name),
            "input": Conversation.object(call.arguments),
        ]
    }

    private static func resultBlock(_ result: ModelToolResult) -> JSON {
        var block: JSONObject = ["type": "tool_result", "tool_use_id": .string(result.call)]
        if let picture = result.picture {
            block["content"] = .array((result.text.isBlank ? [] : [textBlock(result.text)]) + [imageBlock(picture)])
        } else if !result.text.isBlank {
            block["content"] = .string(result.text)
        }
        if result.isError { block["is_error"] = true }
        return .object(block)
    }

    private static func imageBlock(_ picture: ModelPicture) -> JSON {
        [
            "type": "image",
            "source": [
                "type": "base64", "media_type": .string(picture.mediaType), "data": .string(picture.base64),
            ],
        ]
    }
}
