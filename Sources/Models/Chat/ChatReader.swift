import Turns
import Wire

/// Reads the chunks of OpenAI's Chat Completions. `[DONE]` is the end; before it comes a reason, and after the reason
/// nothing but the usage. Only the first choice is asked for, and only it is read.
struct ChatReader: ReplyReader {
    private static let done = Array("[DONE]".utf8)

    private var hasRefused = false

    mutating func read(_ event: ServerSentEvent, into draft: inout ReplyDraft) throws(ModelFailure) {
        guard event.data != Self.done else { return try draft.end() }
        let chunk = try event.json()
        if let error = chunk["error"], !error.isNull { throw ProviderError(event: chunk).failure }
        if let usage = chunk["usage"], !usage.isNull {
            draft.count(
                input: usage["prompt_tokens"]?.integerValue, output: usage["completion_tokens"]?.integerValue)
        }
        let choice = chunk["choices"]?.arrayValue?.first { ($0["index"]?.integerValue ?? 0) == 0 }
        guard let choice else { return }
        if let delta = choice["delta"] { try add(delta, &draft) }
        if let reason = choice["finish_reason"]?.stringValue {
            draft.stop(hasRefused ? .refused : try Self.ending(reason))
        }
    }

    private mutating func add(_ delta: JSON, _ draft: inout ReplyDraft) throws(ModelFailure) {
        let refusal = delta["refusal"]?.stringValue ?? ""
        let text = (delta["content"]?.stringValue ?? "") + refusal
        let calls = delta["tool_calls"]?.arrayValue ?? []
        guard draft.ending == nil || (text.isEmpty && calls.isEmpty) else { throw .broken("more after its end") }
        if !refusal.isEmpty { hasRefused = true }
        try draft.say(text)
        for call in calls { try add(call: call, &draft) }
    }

    private func add(call: JSON, _ draft: inout ReplyDraft) throws(ModelFailure) {
        let number = call["index"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0
        let id = call["id"]?.stringValue ?? ""
        let name = call["function"]?["name"]?.stringValue ?? ""
        // Servers exist that give every call the number 0, and its own id.
        let known = draft.call(number).flatMap { id.isEmpty || $0.id == id ? $0 : nil }
        if let known {
            guard name.isEmpty || name == known.name else { throw .broken("a tool call with two names") }
        } else {
            try draft.call(number, id: id, name: name)
        }
        try draft.argue(call["function"]?["arguments"]?.stringValue ?? "", in: number)
    }

    private static func ending(_ reason: String) throws(ModelFailure) -> ModelReply.Ending {
        switch reason {
        case "stop": .finished
        case "tool_calls": .tools
        case "length": .length
        case "content_filter": .refused
        case _: throw .broken("an end for a reason that isn't known: `\(reason.inert)`")
        }
    }
}
