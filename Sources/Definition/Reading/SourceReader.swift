import Wire

/// Collects problems while a file is read, so that all are told at once.
final class SourceReader {
    let file: String
    private(set) var problems: [SourceProblem] = []

    init(file: String) {
        self.file = file
    }

    func problem(_ message: String, at position: SourcePosition, hint: String? = nil) {
        problems.append(SourceProblem(file: file, position: position, message: message, hint: hint))
    }

    /// The node as an object whose keys are all known; nil, and a problem, when it is something else.
    func object(_ node: JSON5Node, keys: [String], what: String) -> SourceObject? {
        guard case .object(let members) = node.value else {
            problem("\(what) must be an object", at: node.position)
            return nil
        }
        for member in members where !keys.contains(member.key) {
            problem(
                "unknown key `\(member.key)` in \(what)", at: member.keyPosition,
                hint: nearest(member.key, among: keys).map { "did you mean `\($0)`?" }
                    ?? "known keys: \(keys.map { "`\($0)`" }.joined(separator: ", "))")
        }
        return SourceObject(reader: self, members: members, position: node.position, what: what)
    }

    /// The same for an object of a definition.
    func object(_ node: JSON5Node, _ place: DefinitionKeys.Place, what: String) -> SourceObject? {
        object(node, keys: DefinitionKeys.names(of: place), what: what)
    }

    func text(_ node: JSON5Node, what: String) -> String? {
        if case .string(let text) = node.value { return text }
        problem("\(what) must be a text", at: node.position)
        return nil
    }

    func word<Word: RawRepresentable & CaseIterable>(
        _ node: JSON5Node, of type: Word.Type, what: String
    ) -> Word? where Word.RawValue == String {
        guard let text = text(node, what: what) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let known = Word.allCases.map(\.rawValue)
        problem(
            "\(what) can't be `\(text)`", at: node.position,
            hint: nearest(text, among: known).map { "did you mean `\($0)`?" }
                ?? "one of \(known.map { "`\($0)`" }.joined(separator: ", "))")
        return nil
    }
}

/// An object of a file, read key by key.
struct SourceObject {
    let reader: SourceReader
    let members: [JSON5Member]
    let position: SourcePosition
    let what: String

    subscript(key: String) -> JSON5Node? { members.first { $0.key == key }?.node }

    func required(_ key: String) -> JSON5Node? {
        if let node = self[key] { return node }
        reader.problem("\(what) lacks `\(key)`", at: position)
        return nil
    }

    func requiredText(_ key: String) -> String? { required(key).flatMap { reader.text($0, what: "`\(key)`") } }

    func text(_ key: String) -> String? { self[key].flatMap { reader.text($0, what: "`\(key)`") } }

    func flag(_ key: String) -> Bool {
        guard let node = self[key] else { return false }
        if case .bool(let value) = node.value { return value }
        reader.problem("`\(key)` must be true or false", at: node.position)
        return false
    }

    func texts(_ key: String) -> [String] {
        guard let node = self[key] else { return [] }
        guard case .array(let items) = node.value else {
            reader.problem("`\(key)` must be a list of texts", at: node.position)
            return []
        }
        return items.compactMap { reader.text($0, what: "an item of `\(key)`") }
    }

    /// The members of an object whose keys are free.
    func entries(_ key: String) -> [JSON5Member] {
        guard let node = self[key] else { return [] }
        if case .object(let members) = node.value { return members }
        reader.problem("`\(key)` must be an object", at: node.position)
        return []
    }

    func items(_ key: String) -> [JSON5Node] {
        guard let node = self[key] else { return [] }
        if case .array(let items) = node.value { return items }
        reader.problem("`\(key)` must be a list", at: node.position)
        return []
    }
}
