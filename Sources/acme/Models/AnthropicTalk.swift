/// Reads a request to Messages, and holds it to the rules that go beyond the shape of its members.
struct AnthropicTalk {
    private(set) var talk: Talk
    let input: Int

    init(_ body: JSON) throws(Answer) {
        do throws(Shape.Problem) {
            try AnthropicRules.request.check(body)
        } catch {
            throw AnthropicRules.said(error)
        }
        let model = body["model"]?.text ?? ""
        guard let (context, longest) = AnthropicRules.models[model] else {
            throw AnthropicRules.no(404, "not_found_error", "model: \(model)")
        }
        let most = body["max_tokens"]?.int ?? 0
        guard most <= longest else {
            throw AnthropicRules.invalid(
                "max_tokens: \(most) > \(longest), which is the maximum allowed number of output tokens for \(model)")
        }
        try Self.checkTools(body)
        let pictures = try Self.pictures(body)
        guard model != AnthropicRules.blind || pictures == 0 else {
            throw AnthropicRules.invalid("messages: '\(model)' does not support image input.")
        }
        input = ScriptedModel.tokens(body.withoutPictures.line) + pictures
        guard input <= context else {
            throw AnthropicRules.invalid("prompt is too long: \(input) tokens > \(context) maximum")
        }
        let tools = (body["tools"]?.items ?? []).compactMap { $0["name"]?.text }
        talk = Talk(said: "", results: [], tools: tools, most: most)
        try read(body["messages"]?.items ?? [])
    }

    /// What all pictures cost.
    private static func pictures(_ body: JSON) throws(Answer) -> Int {
        var tokens = 0
        for (place, message) in (body["messages"]?.items ?? []).enumerated() {
            for (number, block) in (message["content"]?.items ?? []).enumerated() {
                for part in [block] + (block["content"]?.items ?? []) where part["type"]?.text == "image" {
                    tokens += try AnthropicRules.picture(part, at: "messages.\(place).content.\(number)").tokens
                }
            }
        }
        return tokens
    }

    private static func checkTools(_ body: JSON) throws(Answer) {
        let tools = body["tools"]?.items ?? []
        for (place, tool) in tools.enumerated() where tool["input_schema"]?["type"]?.text != "object" {
            throw AnthropicRules.invalid("tools.\(place).custom.input_schema.type: Input should be 'object'")
        }
        guard Set(tools.compactMap { $0["name"]?.text }).count == tools.count else {
            throw AnthropicRules.invalid("tools: Tool names must be unique.")
        }
    }

    private mutating func read(_ messages: [JSON]) throws(Answer) {
        var open: [String] = []
        var used: Set<String> = []
        for (place, message) in messages.enumerated() {
            let blocks = message["content"]?.items ?? [["type": "text", "text": message["content"] ?? .null]]
            let isUser = message["role"]?.text == "user"
            guard place > 0 || isUser else {
                throw AnthropicRules.invalid("messages: first message must use the \"user\" role")
            }
            if isUser {
                try hear(blocks, answering: open, place)
                open = []
                continue
            }
            guard open.isEmpty else { throw Self.unanswered(open, place - 1) }
            open = try Self.calls(blocks, place)
            for id in open where !used.insert(id).inserted {
                throw AnthropicRules.invalid("messages.\(place): `tool_use` ids must be unique")
            }
        }
        guard messages.last?["role"]?.text == "user" else {
            throw AnthropicRules.invalid(
                "This model does not support assistant message prefill. The conversation must end with a user message.")
        }
    }

    private mutating func hear(_ blocks: [JSON], answering open: [String], _ place: Int) throws(Answer) {
        var open = open
        var texts: [String] = []
        var results: [String] = []
        for (number, block) in blocks.enumerated() {
            switch block["type"]?.text {
            case "tool_result":
                let id = block["tool_use_id"]?.text ?? ""
                guard texts.isEmpty else {
                    throw AnthropicRules.invalid("messages.\(place): tool_result blocks must come before text")
                }
                guard let found = open.firstIndex(of: id) else {
                    throw AnthropicRules.invalid(
                        "messages.\(place).content.\(number): unexpected `tool_use_id` found in `tool_result` blocks: "
                            + "\(id). Each `tool_result` block must have a corresponding `tool_use` block in the "
                            + "previous message.")
                }
                open.remove(at: found)
                results.append(try Self.text(block["content"]))
            case "text": texts.append(try Self.written(block))
            case "image": texts.append(try AnthropicRules.picture(block, at: "messages.\(place)").words)
            case _:
                throw AnthropicRules.invalid("messages.\(place): `tool_use` blocks can only be in `assistant` messages")
            }
        }
        guard open.isEmpty else { throw Self.unanswered(open, place - 1) }
        talk.results = texts.isEmpty ? talk.results + results : []
        if !texts.isEmpty { talk.said = texts.joined(separator: "\n") }
    }

    private static func calls(_ blocks: [JSON], _ place: Int) throws(Answer) -> [String] {
        var ids: [String] = []
        for block in blocks {
            switch block["type"]?.text {
            case "tool_use": ids.append(block["id"]?.text ?? "")
            case "text": _ = try written(block)
            case _:
                throw AnthropicRules.invalid("messages.\(place): `tool_result` blocks can only be in `user` messages")
            }
        }
        return ids
    }

    private static func written(_ block: JSON) throws(Answer) -> String {
        let text = block["text"]?.text ?? ""
        guard !text.isEmpty else { throw AnthropicRules.invalid("messages: text content blocks must be non-empty") }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw AnthropicRules.invalid("messages: text content blocks must contain non-whitespace text")
        }
        return text
    }

    private static func text(_ content: JSON?) throws(Answer) -> String {
        var parts: [String] = []
        for part in content?.items ?? [] {
            if let text = part["text"]?.text {
                parts.append(text)
            } else {
                parts.append(try AnthropicRules.picture(part, at: "messages").words)
            }
        }
        return content?.text ?? parts.joined(separator: "\n")
    }

    private static func unanswered(_ ids: [String], _ place: Int) -> Answer {
        AnthropicRules.invalid(
            "messages.\(place): `tool_use` ids were found without `tool_result` blocks immediately after: "
                + "\(ids.joined(separator: ", ")). Each `tool_use` block must have a corresponding `tool_result` block "
                + "in the next message.")
    }
}
