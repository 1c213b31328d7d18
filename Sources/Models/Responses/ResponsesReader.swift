import Turns
import Wire

/// Reads the events of OpenAI's Responses. The end is an event that repeats the response with its status; kinds of
/// events and items that aren't text or calls are passed over.
struct ResponsesReader: ReplyReader {
    private var hasRefused = false
    private var hasCalled = false

    mutating func read(_ event: ServerSentEvent, into draft: inout ReplyDraft) throws(ModelFailure) {
        let event = try event.json()
        switch event["type"]?.stringValue {
        case "response.output_text.delta": try draft.say(event["delta"]?.stringValue ?? "")
        case "response.refusal.delta":
            hasRefused = true
            try draft.say(event["delta"]?.stringValue ?? "")
        case "response.output_item.added": try begin(event, &draft)
        case "response.function_call_arguments.delta":
            try draft.argue(event["delta"]?.stringValue ?? "", in: try number(event))
        case "response.function_call_arguments.done":
            try draft.settle(event["arguments"]?.stringValue ?? "", in: try number(event))
        case "response.output_item.done": try end(item: event, &draft)
        case "response.completed":
            draft.stop(hasRefused ? .refused : hasCalled ? .tools : .finished)
            try end(event, &draft)
        case "response.incomplete":
            draft.stop(try Self.ending(event["response"]?["incomplete_details"]?["reason"]?.stringValue ?? ""))
            try end(event, &draft)
        case "response.failed": throw ProviderError(event: event["response"] ?? .null).failure
        case "error": throw ProviderError(event: event).failure
        case _: return
        }
    }

    private mutating func begin(_ event: JSON, _ draft: inout ReplyDraft) throws(ModelFailure) {
        guard let item = event["item"], item["type"]?.stringValue == "function_call" else { return }
        let number = try number(event)
        guard draft.call(number) == nil else { throw .broken("two items in one place") }
        hasCalled = true
        try draft.call(number, id: item["call_id"]?.stringValue ?? "", name: item["name"]?.stringValue ?? "")
    }

    /// Some servers tell a call at its end alone.
    private mutating func end(item event: JSON, _ draft: inout ReplyDraft) throws(ModelFailure) {
        guard let item = event["item"], item["type"]?.stringValue == "function_call" else { return }
        let number = try number(event)
        let name = item["name"]?.stringValue ?? ""
        if let known = draft.call(number) {
            guard known.name == name else { throw .broken("a tool call with two names") }
        } else {
            try begin(event, &draft)
        }
        try draft.settle(item["arguments"]?.stringValue ?? "", in: number)
    }

    private func end(_ event: JSON, _ draft: inout ReplyDraft) throws(ModelFailure) {
        let usage = event["response"]?["usage"]
        draft.count(input: usage?["input_tokens"]?.integerValue, output: usage?["output_tokens"]?.integerValue)
        try draft.end()
    }

    private func number(_ event: JSON) throws(ModelFailure) -> Int {
        guard let index = event["output_index"]?.integerValue, let number = Int(exactly: index) else {
            throw .broken("an item without its place")
        }
        return number
    }

    private static func ending(_ reason: String) throws(ModelFailure) -> ModelReply.Ending {
        switch reason {
        case "max_output_tokens": .length
        case "content_filter": .refused
        case _: throw .broken("an end for a reason that isn't known: `\(reason.inert)`")
        }
    }
}
