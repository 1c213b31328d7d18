/// What a request comes to, whatever the protocol.
struct Talk: Sendable {
    /// The last thing that the user said.
    var said: String
    /// What came back of calls since then.
    var results: [String]
    var tools: [String]
    /// The most tokens of the reply.
    var most: Int
}

/// What the stand-in answers.
struct Plan: Sendable {
    enum Ending: String, Sendable, CaseIterable {
        case finished, tools, length, refused
    }

    var text: String
    var calls: [(name: String, arguments: String)] = []
    var ending: Ending
    /// A stream breaks off after so many events.
    var cutAfter: Int?
    /// A stream has an error after so many events.
    var errorAfter: Int?

    var output: Int {
        ScriptedModel.tokens(text) + calls.reduce(0) { $0 + ScriptedModel.tokens($1.arguments) }
    }

    /// The text as it is streamed.
    var pieces: [String] {
        var pieces: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(12)))
            rest = rest.dropFirst(12)
        }
        return pieces
    }
}

/// The model: does the same thing each time. It makes the calls that the user's last words write out in lines
/// `/call TOOL {…}`, one in each reply, and then quotes what came back.
enum ScriptedModel {
    static func tokens(_ text: String) -> Int {
        max(1, (text.utf8.count + 3) / 4)
    }

    static func plan(_ talk: Talk) -> Plan {
        let script = talk.said.split(whereSeparator: \.isNewline).compactMap(step)
        if talk.results.count < script.count {
            let step = script[talk.results.count]
            return Plan(text: "", calls: [(offered(step.tool, talk.tools), step.arguments)], ending: .tools)
        }
        let quoted = talk.results.map { "Result: \($0)" }.joined(separator: "\n")
        return shortened(
            Plan(text: script.isEmpty ? "You said: \(talk.said)" : "Done.\n\(quoted)", ending: .finished), talk.most)
    }

    /// The plan within the most tokens that were asked for.
    static func shortened(_ plan: Plan, _ most: Int) -> Plan {
        guard tokens(plan.text) > most else { return plan }
        var short = plan
        short.text = String(decoding: plan.text.utf8.prefix(4 * most), as: UTF8.self)
        short.ending = .length
        return short
    }

    private static func step(_ line: Substring) -> (tool: String, arguments: String)? {
        let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
        guard words.count > 1, words[0] == "/call" else { return nil }
        return (String(words[1]), words.count > 2 ? String(words[2]) : "{}")
    }

    /// The tool by the name under which it is offered: names with dots come with other letters in their place.
    private static func offered(_ tool: String, _ tools: [String]) -> String {
        if tools.contains(tool) { return tool }
        return String(tool.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
    }
}
