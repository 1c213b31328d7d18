/// Reads a request to Chat Completions, and holds it to the rules that go beyond the shape of its members.
struct ChatTalk {
    private(set) var talk: Talk
    let input: Int

    init(_ body: JSON) throws(Answer) {
        try OpenAIRules.check(body, Self.request)
        guard body["max_tokens"] == nil || body["max_completion_tokens"] == nil else {
            throw OpenAIRules.invalid(
                "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
        }
        guard body["stream_options"] == nil || body["stream"]?.truth == true else {
            throw OpenAIRules.invalid(
                "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param: "stream_options")
        }
        let name = body["max_tokens"] == nil ? "max_completion_tokens" : "max_tokens"
        let room = try OpenAIRules.input(body, most: body[name]?.int, param: name)
        input = room.input
        let tools = (body["tools"]?.items ?? []).compactMap { $0["function"]?["name"]?.text }
        talk = Talk(said: "", results: [], tools: tools, most: room.most)
        try read(body["messages"]?.items ?? [])
    }

    private mutating func read(_ messages: [JSON]) throws(Answer) {
        var open: [String] = []
        for (place, message) in messages.enumerated() {
            let role = message["role"]?.text
            if role == "tool" {
                guard let found = open.firstIndex(of: message["tool_call_id"]?.text ?? "") else {
                    throw OpenAIRules.invalid(
                        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
                            + "'tool_calls'.", param: "messages.[\(place)].role")
                }
                open.remove(at: found)
                talk.results.append(try OpenAIRules.text(message["content"], param: "messages"))
                continue
            }
            guard open.isEmpty else { throw Self.unanswered(open, place) }
            switch role {
            case "user":
                let text = try OpenAIRules.text(message["content"], param: "messages")
                // After results, pictures are what the tools showed: tools say text alone.
                if message["content"]?.pictures ?? 0 > 0, !talk.results.isEmpty {
                    talk.results[talk.results.count - 1] += "\n" + text
                } else {
                    talk.said = text
                    talk.results = []
                }
            case "assistant":
                open = (message["tool_calls"]?.items ?? []).compactMap { $0["id"]?.text }
                guard !open.isEmpty || message["content"]?.text != nil || message["content"]?.items != nil else {
                    throw OpenAIRules.invalid(
                        "Invalid value for 'content': expected a string, got null.",
                        param: "messages.[\(place)].content")
                }
            case _: continue
            }
        }
        guard open.isEmpty else { throw Self.unanswered(open, messages.count) }
    }

    private static func unanswered(_ ids: [String], _ place: Int) -> Answer {
        OpenAIRules.invalid(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                + "'tool_call_id'. The following tool_call_ids did not have response messages: "
                + ids.joined(separator: ", "), param: "messages.[\(place - 1)].role")
    }

    private static let request = Shape.object(
        [
            .init("model", .string, isRequired: true),
            .init("messages", .list(.kind("role", messages), least: 1), isRequired: true),
            .init("max_tokens", .whole(1...1_000_000)), .init("max_completion_tokens", .whole(1...1_000_000)),
            .init("stream", .flag),
            .init("stream_options", .object([.init("include_usage", .flag), .init("include_obfuscation", .flag)])),
            .init("tools", .list(.kind("type", ["function": tool]), least: 1)), .init("n", .whole(1...1)),
            .init("parallel_tool_calls", .flag), .init("store", .flag), .init("temperature", .number(0...2)),
            .init("top_p", .number(0...1)),
        ]
            + .anything(
                "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "metadata",
                "modalities", "moderation", "prediction", "presence_penalty", "prompt_cache_key",
                "prompt_cache_options", "prompt_cache_retention", "reasoning_effort", "response_format",
                "safety_identifier", "seed", "service_tier", "stop", "tool_choice", "top_logprobs", "user", "verbosity",
                "web_search_options"))

    private static let content = Shape.text(
        or: .list(.kind("type", ["text": [.init("text", .string, isRequired: true)]]), least: 1))
    private static let seen = Shape.text(
        or: .list(
            .kind(
                "type",
                [
                    "text": [.init("text", .string, isRequired: true)],
                    "image_url": [
                        .init(
                            "image_url", .object([.init("url", .string, isRequired: true), OpenAIRules.detail]),
                            isRequired: true)
                    ],
                ]), least: 1))
    private static let asked: [Shape.Field] = [.init("content", seen, isRequired: true), .init("name", .string)]
    private static let said: [Shape.Field] = [.init("content", content, isRequired: true), .init("name", .string)]
    private static let messages: [String: [Shape.Field]] = [
        "system": said, "developer": said, "user": asked,
        "tool": [.init("content", content, isRequired: true), .init("tool_call_id", .string, isRequired: true)],
        "assistant": [
            .init("content", content), .init("name", .string), .init("refusal", .string),
            .init("tool_calls", .list(.kind("type", ["function": call]), least: 1)),
        ] + .anything("audio", "function_call"),
    ]
    private static let call: [Shape.Field] = [
        .init("id", .string, isRequired: true),
        .init(
            "function",
            .object([
                .init("name", .name(longest: 64), isRequired: true), .init("arguments", .string, isRequired: true),
            ]), isRequired: true),
    ]
    private static let tool: [Shape.Field] = [
        .init(
            "function",
            .object([
                .init("name", .name(longest: 64), isRequired: true), .init("description", .string),
                .init("parameters", .map), .init("strict", .flag),
            ]), isRequired: true)
    ]
}
