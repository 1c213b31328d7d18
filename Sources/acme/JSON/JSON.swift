/// A JSON value whose numbers stay as text and whose members keep their order.
enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    struct Member: Sendable, Equatable {
        var name: String
        var value: JSON
    }

    static func int(_ value: some BinaryInteger) -> JSON {
        .number(String(value))
    }

    static func text(_ value: String?) -> JSON {
        value.map(JSON.string) ?? .null
    }

    static func texts(_ values: some Sequence<String>) -> JSON {
        .array(values.map(JSON.string))
    }
}

extension JSON {
    subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var text: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    var int: Int? {
        guard case .number(let value) = self else { return nil }
        return Int(value)
    }

    var truth: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    var items: [JSON]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The object with the members of another after its own.
    func joined(with other: JSON) -> JSON {
        (other.members ?? []).reduce(self) { $0.with($1.name, $1.value) }
    }

    /// The object with one more member; unchanged when there is no value to add.
    func with(_ name: String, _ value: JSON?) -> JSON {
        guard case .object(var members) = self, let value else { return self }
        members.removeAll { $0.name == name }
        members.append(Member(name: name, value: value))
        return .object(members)
    }
}
