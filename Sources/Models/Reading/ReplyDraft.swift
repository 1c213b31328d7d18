import Turns

/// The parts of a reply as they come, within the limits.
struct ReplyDraft: Sendable {
    private struct Call {
        let id: String
        let name: String
        var arguments: String
        /// The arguments that came with the call's start, for a server that sends none after it.
        let given: String
    }

    private(set) var text = ""
    private var pieces: [String] = []
    private var calls: [Call] = []
    /// Where the call stands that the server speaks of by this number.
    private var places: [Int: Int] = [:]
    private(set) var isWhole = false
    private(set) var ending: ModelReply.Ending?
    private var usage = ModelUsage()

    mutating func say(_ piece: String) throws(ModelFailure) {
        guard !piece.isEmpty else { return }
        guard text.utf8.count + piece.utf8.count <= ModelLimits.textBytes else { throw .tooMuch("as text") }
        text += piece
        pieces.append(piece)
    }

    mutating func takePieces() -> [String] {
        defer { pieces = [] }
        return pieces
    }

    /// Begins a call. A server's second call under one number is another call.
    mutating func call(_ number: Int, id: String, name: String, given: String = "") throws(ModelFailure) {
        guard !name.isEmpty else { throw .broken("a tool call without a name") }
        guard name.utf8.count <= ModelLimits.nameBytes else { throw .tooMuch("as a tool's name") }
        guard calls.count < ModelLimits.calls else { throw .tooMuch("as tool calls") }
        guard given.utf8.count <= ModelLimits.argumentBytes else { throw .tooMuch("as arguments") }
        places[number] = calls.count
        calls.append(Call(id: id, name: name, arguments: "", given: given))
    }

    /// The id and name of the call that the server speaks of by this number.
    func call(_ number: Int) -> (id: String, name: String)? {
        places[number].map { (calls[$0].id, calls[$0].name) }
    }

    mutating func argue(_ piece: String, in number: Int) throws(ModelFailure) {
        guard let place = places[number] else { throw .broken("arguments of a call that it doesn't have") }
        guard calls[place].arguments.utf8.count + piece.utf8.count <= ModelLimits.argumentBytes else {
            throw .tooMuch("as arguments")
        }
        calls[place].arguments += piece
    }

    /// The whole arguments, told once more or for the first time.
    mutating func settle(_ arguments: String, in number: Int) throws(ModelFailure) {
        guard let place = places[number] else { throw .broken("arguments of a call that it doesn't have") }
        if calls[place].arguments.isEmpty { return try argue(arguments, in: number) }
        guard calls[place].arguments == arguments else { throw .broken("arguments that are told in two ways") }
    }

    mutating func count(input: Int64? = nil, output: Int64? = nil) {
        func bounded(_ tokens: Int64) -> Int { Int(min(max(tokens, 0), Int64(ModelLimits.tokens))) }
        if let input { usage.input = bounded(input) }
        if let output { usage.output = bounded(output) }
    }

    mutating func stop(_ ending: ModelReply.Ending) {
        self.ending = ending
    }

    /// The server said that this was all.
    mutating func end() throws(ModelFailure) {
        guard let ending else { throw .broken("no reason for its end") }
        guard ending != .tools || !calls.isEmpty else { throw .broken("no tool call, although it announces one") }
        isWhole = true
    }

    /// The reply. Calls of one that was cut short or refused aren't made: nobody knows whether they are whole.
    func reply(_ names: WireNames) -> ModelReply {
        let ending = ending ?? .length
        guard ending == .finished || ending == .tools else {
            return ModelReply(text: text, calls: [], ending: ending, usage: usage)
        }
        var ids: Set<String> = []
        let made = calls.map { call in
            let arguments = call.arguments.isEmpty ? call.given : call.arguments
            return ModelToolCall(
                id: Self.unique(call.id, among: &ids), name: names.original(call.name),
                arguments: arguments.isEmpty ? "{}" : arguments)
        }
        // Some servers say that they are finished although they call.
        return ModelReply(text: text, calls: made, ending: made.isEmpty ? .finished : .tools, usage: usage)
    }

    /// Servers exist that give no id, or one id twice.
    private static func unique(_ id: String, among ids: inout Set<String>) -> String {
        var candidate = id
        var number = ids.count + 1
        while candidate.isEmpty || candidate.utf8.count > ModelLimits.nameBytes || !ids.insert(candidate).inserted {
            candidate = "call_\(number)"
            number += 1
        }
        return candidate
    }
}
