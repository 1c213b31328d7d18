/// Reads JSON5 (json5.org, version 1.0.0), the form of definitions and manifests, with a position for every value.
public enum JSON5 {
    /// Reads one text. The whole grammar is taken: comments, trailing commas, single quotes, bare keys, hexadecimal
    /// numbers, signs and bare points, line continuations. Numbers come as JSON numbers: `.5` as `0.5`, `+1` as `1`,
    /// `0x10` as `16`.
    ///
    /// `Infinity` and `NaN` are refused, since JSON can't say them; so are lone surrogates and a key that stands twice
    /// in one object. Throws the first fault with its position.
    public static func parse(_ text: String, limits: JSONLimits = .message) throws(JSON5Error) -> JSON5Node {
        guard text.utf8.count <= limits.bytes else {
            throw JSON5Error("the text is longer than \(limits.bytes) bytes", at: SourcePosition(line: 1, column: 1))
        }
        var reader = JSON5Reader(text, limits)
        return try reader.text()
    }
}

/// A value and where it starts.
public struct JSON5Node: Sendable {
    /// The value.
    public let value: JSON5Value
    /// Where its first character stands.
    public let position: SourcePosition

    /// Makes a node.
    public init(_ value: JSON5Value, at position: SourcePosition) {
        self.value = value
        self.position = position
    }

    /// The value without positions.
    public var json: JSON {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let number): .number(number)
        case .string(let text): .string(text)
        case .array(let elements): .array(elements.map(\.json))
        case .object(let members): .object(JSONObject(members.map { ($0.key, $0.node.json) }))
        }
    }

    /// The member named `key`; nil when there is none, or when this isn't an object.
    public subscript(key: String) -> JSON5Node? {
        guard case .object(let members) = value else { return nil }
        return members.first { $0.key.hasSameBytes(as: key) }?.node
    }

    /// The node at a place within this one; nil when there is none.
    public func node(at pointer: JSONPointer) -> JSON5Node? {
        var node = self
        for step in pointer.steps {
            switch node.value {
            case .object:
                guard let member = node[step] else { return nil }
                node = member
            case .array(let elements):
                guard let index = JSONPointer.index(step), elements.indices.contains(index) else { return nil }
                node = elements[index]
            case .null, .bool, .number, .string:
                return nil
            }
        }
        return node
    }
}

/// The shapes of a JSON5 value.
public indirect enum JSON5Value: Sendable {
    /// The literal `null`.
    case null
    /// The literals `true` and `false`.
    case bool(Bool)
    /// A number, as JSON writes it.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// An ordered list.
    case array([JSON5Node])
    /// Members in their order, every key once.
    case object([JSON5Member])
}

/// A member of an object.
public struct JSON5Member: Sendable {
    /// The key, unescaped.
    public let key: String
    /// Where the key starts.
    public let keyPosition: SourcePosition
    /// The value.
    public let node: JSON5Node

    /// Makes a member.
    public init(key: String, keyPosition: SourcePosition, node: JSON5Node) {
        self.key = key
        self.keyPosition = keyPosition
        self.node = node
    }
}

/// Why a text isn't JSON5 that we take.
public struct JSON5Error: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let message: String
    /// Where.
    public let position: SourcePosition
    /// What would help, if we know.
    public let hint: String?

    /// Makes an error.
    public init(_ message: String, at position: SourcePosition, hint: String? = nil) {
        self.message = message
        self.position = position
        self.hint = hint
    }

    /// Place, message and hint.
    public var description: String {
        "\(position): \(message)" + (hint.map { " (\($0))" } ?? "")
    }
}
