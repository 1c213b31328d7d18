import Turns
import Wire

/// A request in the shape that every protocol takes: speakers alternate, no text is blank, names and ids have letters
/// that servers allow, arguments are JSON objects, and every call is answered once, in order, right after it.
struct Conversation: Sendable, Hashable {
    let system: String
    let tools: [ModelTool]
    let names: WireNames
    private(set) var messages: [ModelMessage] = []
    private var ids: Set<String> = []

    init(_ request: ModelRequest) {
        let called = request.messages.flatMap { message -> [String] in
            switch message {
            case .assistant(_, let calls): calls.map(\.name)
            case .user, .results: []
            }
        }
        let names = WireNames(request.tools.map(\.name) + called)
        self.names = names
        system = request.system
        tools = request.tools.map { ModelTool(name: names[$0.name], description: $0.description, schema: $0.schema) }
        for (place, message) in request.messages.enumerated() {
            switch message {
            case .user(let text): say(text)
            case .assistant(let text, let calls):
                answer(text, calls, with: Self.results(after: place, in: request.messages))
            case .results: continue
            }
        }
    }

    private static func results(after place: Int, in messages: [ModelMessage]) -> [ModelToolResult] {
        guard place + 1 < messages.count, case .results(let results) = messages[place + 1] else { return [] }
        return results
    }

    private mutating func say(_ text: String) {
        guard !text.isBlank else { return }
        if case .user(let before) = messages.last {
            messages[messages.count - 1] = .user(before + "\n\n" + text)
        } else {
            messages.append(.user(text))
        }
    }

    private mutating func answer(_ text: String, _ calls: [ModelToolCall], with results: [ModelToolResult]) {
        var text = text.isBlank ? "" : text
        guard !text.isEmpty || !calls.isEmpty else { return }
        if case .assistant(let before, _) = messages.last {
            text = text.isEmpty ? before : before + "\n\n" + text
            messages.removeLast()
        }
        var results = results
        var made: [ModelToolCall] = []
        var answers: [ModelToolResult] = []
        for call in calls {
            let id = newID(like: call.id)
            made.append(ModelToolCall(id: id, name: names[call.name], arguments: Self.object(call.arguments).text))
            // Two calls with one id are answered in their order.
            let found = results.firstIndex { $0.call == call.id }.map { results.remove(at: $0) }
            answers.append(
                ModelToolResult(
                    call: id, text: found?.text ?? "there was no answer to this call", isError: found?.isError ?? true,
                    picture: found?.picture))
        }
        messages.append(.assistant(text, made))
        if !answers.isEmpty { messages.append(.results(answers)) }
    }

    /// Ids come from several servers, each with its own idea of them.
    private mutating func newID(like id: String) -> String {
        var candidate = id
        var number = ids.count + 1
        while !WireNames.fits(candidate) || !ids.insert(candidate).inserted {
            candidate = "call_\(number)"
            number += 1
        }
        return candidate
    }

    /// The arguments as an object; what a model wrote instead of one is shown within one.
    static func object(_ arguments: String) -> JSON {
        guard let value = try? JSON.parse(arguments, limits: ModelLimits.json), value.objectValue != nil else {
            return ["unreadable": .string(arguments)]
        }
        return value
    }
}

extension String {
    /// Nothing but white space: servers refuse such a text.
    var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}
