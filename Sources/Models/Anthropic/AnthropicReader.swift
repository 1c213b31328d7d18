import Turns
import Wire

/// Reads the events of Anthropic's Messages (platform.claude.com/docs/en/build-with-claude/streaming): a start, blocks
/// one after the other, a reason for the end, and the end. Kinds of events and blocks that came later are passed over.
struct AnthropicReader: ReplyReader {
    private enum Block {
        case text, call, other
    }

    private var hasStarted = false
    private var open: [Int: Block] = [:]
    private var started: Set<Int> = []

    mutating func read(_ event: ServerSentEvent, into draft: inout ReplyDraft) throws(ModelFailure) {
        let event = try event.json()
        switch event["type"]?.stringValue {
        case "message_start":
            guard !hasStarted else { throw .broken("two starts") }
            hasStarted = true
            count(event["message"]?["usage"], in: &draft)
        case "content_block_start": try start(event, &draft)
        case "content_block_delta": try add(event, &draft)
        case "content_block_stop":
            guard let index = index(event), open.removeValue(forKey: index) != nil else {
                throw .broken("an end of a block that isn't open")
            }
        case "message_delta":
            guard hasStarted else { throw .broken("an end without a start") }
            count(event["usage"], in: &draft)
            if let reason = event["delta"]?["stop_reason"]?.stringValue { draft.stop(try Self.ending(reason)) }
        case "message_stop":
            guard open.isEmpty else { throw .broken("a block that doesn't end") }
            try draft.end()
        case "error": throw ProviderError(event: event).failure
        case _: return
        }
    }

    private mutating func start(_ event: JSON, _ draft: inout ReplyDraft) throws(ModelFailure) {
        guard hasStarted, let index = index(event), started.insert(index).inserted, draft.ending == nil,
            let block = event["content_block"]
        else { throw .broken("a block out of its place") }
        // Blocks of other kinds count too.
        guard started.count <= 2 * ModelLimits.calls else { throw .tooMuch("as blocks") }
        switch block["type"]?.stringValue {
        case "text":
            open[index] = .text
            try draft.say(block["text"]?.stringValue ?? "")
        case "tool_use":
            open[index] = .call
            try draft.call(
                index, id: block["id"]?.stringValue ?? "", name: block["name"]?.stringValue ?? "",
                given: block["input"]?.text ?? "")
        case _: open[index] = .other
        }
    }

    private func add(_ event: JSON, _ draft: inout ReplyDraft) throws(ModelFailure) {
        guard let index = index(event), let block = open[index], let delta = event["delta"] else {
            throw .broken("a part of a block that isn't open")
        }
        switch (block, delta["type"]?.stringValue) {
        case (.text, "text_delta"): try draft.say(delta["text"]?.stringValue ?? "")
        case (.call, "input_json_delta"): try draft.argue(delta["partial_json"]?.stringValue ?? "", in: index)
        case (.call, "text_delta"), (.text, "input_json_delta"): throw .broken("a part of the wrong kind")
        case (.text, _), (.call, _), (.other, _): return
        }
    }

    private func index(_ event: JSON) -> Int? { event["index"]?.integerValue.flatMap { Int(exactly: $0) } }

    /// Tokens that were read from a cache, or written to one, were sent too.
    private func count(_ usage: JSON?, in draft: inout ReplyDraft) {
        let sent = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
            .compactMap { usage?[$0]?.integerValue }.map { min(max($0, 0), Int64(ModelLimits.tokens)) }
        draft.count(
            input: usage?["input_tokens"]?.integerValue == nil ? nil : sent.reduce(0, +),
            output: usage?["output_tokens"]?.integerValue)
    }

    private static func ending(_ reason: String) throws(ModelFailure) -> ModelReply.Ending {
        switch reason {
        case "end_turn", "stop_sequence": .finished
        case "tool_use": .tools
        case "max_tokens", "model_context_window_exceeded": .length
        case "refusal": .refused
        case _: throw .broken("an end for a reason that isn't known: `\(reason.inert)`")
        }
    }
}
