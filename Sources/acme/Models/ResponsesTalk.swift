/// Reads a request to Responses, and holds it to the rules that go beyond the shape of its members.
struct ResponsesTalk {
    private(set) var talk: Talk
    let input: Int

    init(_ body: JSON) throws(Answer) {
        try OpenAIRules.check(body, Self.request)
        let room = try OpenAIRules.input(body, most: body["max_output_tokens"]?.int, param: "max_output_tokens")
        input = room.input
        if let previous = body["previous_response_id"]?.text {
            throw OpenAIRules.invalid(
                "Previous response with id '\(previous)' not found.", param: "previous_response_id",
                code: "previous_response_not_found")
        }
        let tools = (body["tools"]?.items ?? []).compactMap { $0["name"]?.text }
        talk = Talk(said: body["input"]?.text ?? "", results: [], tools: tools, most: room.most)
        try read(body["input"]?.items ?? [])
    }

    /// Messages need not say that they are; every other item does.
    private mutating func read(_ items: [JSON]) throws(Answer) {
        var open: [String] = []
        for (place, item) in items.enumerated() {
            let kind = item["type"]?.text ?? "message"
            guard let fields = Self.items[kind] else {
                throw OpenAIRules.invalid(
                    "Invalid value: '\(kind)'.", param: "input[\(place)].type", code: "invalid_value")
            }
            do throws(Shape.Problem) {
                try Shape.object(fields + .anything("type")).check(item, at: ["input", String(place)])
            } catch {
                throw OpenAIRules.said(error)
            }
            let id = item["call_id"]?.text ?? ""
            switch kind {
            case "function_call": open.append(id)
            case "function_call_output":
                guard let found = open.firstIndex(of: id) else {
                    throw OpenAIRules.invalid(
                        "No tool call found for function call output with call_id \(id).", param: "input")
                }
                open.remove(at: found)
                talk.results.append(try OpenAIRules.text(item["output"], param: "input"))
            case _:
                if item["role"]?.text == "user" {
                    talk.said = try OpenAIRules.text(item["content"], param: "input")
                    talk.results = []
                }
            }
        }
        if let id = open.first {
            throw OpenAIRules.invalid("No tool output found for function call \(id).", param: "input")
        }
    }

    private static let request = Shape.object(
        [
            .init("model", .string, isRequired: true),
            .init("input", .text(or: .list(.map, least: 1)), isRequired: true), .init("instructions", .string),
            .init("max_output_tokens", .whole(16...1_000_000)), .init("store", .flag), .init("stream", .flag),
            .init("tools", .list(.kind("type", ["function": tool]), least: 0)), .init("parallel_tool_calls", .flag),
            .init("previous_response_id", .string), .init("temperature", .number(0...2)),
            .init("top_p", .number(0...1)),
        ]
            + .anything(
                "access_programs", "background", "background_options", "context_management", "conversation", "image",
                "include", "max_tool_calls", "metadata", "moderation", "prompt", "prompt_cache_key",
                "prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier",
                "stream_options", "text", "tool_choice", "top_logprobs", "truncation", "user"))

    private static let part: [Shape.Field] =
        [.init("text", .string, isRequired: true)] + .anything("annotations", "logprobs")
    private static let image: [Shape.Field] = [.init("image_url", .string, isRequired: true), OpenAIRules.detail]
    private static let content = Shape.text(
        or: .list(.kind("type", ["input_text": part, "output_text": part, "input_image": image]), least: 1))
    private static let items: [String: [Shape.Field]] = [
        "message": [
            .init("role", .word(["user", "assistant", "system", "developer"]), isRequired: true),
            .init("content", content, isRequired: true),
        ] + .anything("id", "status", "phase"),
        "function_call": [
            .init("call_id", .name(longest: 64), isRequired: true), .init("name", .name(longest: 64), isRequired: true),
            .init("arguments", .string, isRequired: true),
        ] + .anything("id", "status", "async", "caller", "namespace"),
        "function_call_output": [
            .init("call_id", .name(longest: 64), isRequired: true), .init("output", content, isRequired: true),
        ] + .anything("id", "status", "caller"),
    ]
    private static let tool: [Shape.Field] =
        [
            .init("name", .name(longest: 64), isRequired: true), .init("description", .string),
            .init("parameters", .map, isRequired: true), .init("strict", .flag, isRequired: true),
        ] + .anything("async", "allowed_callers", "defer_loading", "output_schema")
}
