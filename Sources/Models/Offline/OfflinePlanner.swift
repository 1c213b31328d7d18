import Turns
import Wire

/// No model: makes the tool calls that the last message writes out, one after the other, and says what came back.
///
/// A call is a line `/call TOOL {…}`, the arguments as a JSON object, or nothing for none. The same conversation always
/// gets the same reply. It costs no tokens.
enum OfflinePlanner {
    static let says = "I am the offline planner, not a model: I make the tool calls that you write out."
    static let how = "Write each call on a line of its own: `/call TOOL {\"name\": \"value\"}`."
    /// The most calls of one message.
    static let most = 32
    /// The most characters that are quoted of one result.
    static let quoted = 2_000

    static func reply(to request: ModelRequest) -> ModelReply {
        let place = request.messages.lastIndex { message in
            if case .user = message { true } else { false }
        }
        guard let place, case .user(let text) = request.messages[place] else { return finished(how) }
        let script: [Step]
        do throws(Problem) {
            script = try steps(of: text)
        } catch {
            return finished("\(error.text)\n\(how)")
        }
        guard !script.isEmpty else { return finished(how) }
        var results: [ModelToolResult] = []
        for message in request.messages[place...] {
            if case .results(let more) = message { results += more }
        }
        guard results.count < script.count else { return finished(summary(script, results)) }
        let step = script[results.count]
        let call = ModelToolCall(
            id: "offline_\(place)_\(results.count + 1)", name: step.tool, arguments: step.arguments)
        return ModelReply(text: "", calls: [call], ending: .tools, usage: ModelUsage())
    }

    private struct Step {
        let tool: String
        let arguments: String
    }

    private struct Problem: Error {
        let text: String
    }

    private static func steps(of text: String) throws(Problem) -> [Step] {
        var steps: [Step] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
            guard words.first == "/call" else { continue }
            guard words.count > 1 else { throw Problem(text: "A call names no tool.") }
            let arguments = words.count > 2 ? String(words[2]) : "{}"
            guard let value = try? JSON.parse(arguments), value.objectValue != nil else {
                throw Problem(text: "What stands after `/call \(String(words[1]).inert)` is no JSON object.")
            }
            guard steps.count < most else { throw Problem(text: "More than \(most) calls are written out.") }
            steps.append(Step(tool: String(words[1]), arguments: arguments))
        }
        return steps
    }

    private static func summary(_ script: [Step], _ results: [ModelToolResult]) -> String {
        zip(script, results).map { step, result in
            let text = result.text.count > quoted ? String(result.text.prefix(quoted)) + "…" : result.text
            return "`\(step.tool.inert)` \(result.isError ? "failed" : "answered"): \(text)"
        }.joined(separator: "\n")
    }

    private static func finished(_ text: String) -> ModelReply {
        ModelReply(text: "\(says)\n\(text)", calls: [], ending: .finished, usage: ModelUsage())
    }
}
