/// What a member of a request may be. Objects are closed: a name that isn't listed is refused, as the vendors do.
indirect enum Shape: Sendable {
    case any
    case string
    case flag
    case whole(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// Letters, digits, `_` and `-`.
    case name(longest: Int)
    case word([String])
    /// An object with whatever members.
    case map
    case object([Field])
    /// An object whose member of this name says which it is.
    case kind(String, [String: [Field]])
    case list(Shape, least: Int)
    case text(or: Shape)

    struct Field: Sendable {
        let name: String
        let shape: Shape
        let isRequired: Bool

        init(_ name: String, _ shape: Shape, isRequired: Bool = false) {
            self.name = name
            self.shape = shape
            self.isRequired = isRequired
        }
    }

    /// The first thing that is wrong, and where.
    struct Problem: Error {
        enum Kind {
            case missing
            case unknown
            case type(String)
            case value(String)
        }

        let path: [String]
        let kind: Kind
    }

    func check(_ value: JSON, at path: [String] = []) throws(Problem) {
        switch self {
        case .any: return
        case .string: try Self.require(value.text != nil, "string", path)
        case .flag: try Self.require(value.truth != nil, "boolean", path)
        case .map: try Self.require(value.members != nil, "object", path)
        case .whole(let range):
            try Self.require(value.int != nil, "integer", path)
            guard let number = value.int, range.contains(number) else {
                throw Problem(path: path, kind: .value("should be from \(range.lowerBound) to \(range.upperBound)"))
            }
        case .number(let range):
            guard case .number(let text) = value, let number = Double(text) else {
                throw Problem(path: path, kind: .type("number"))
            }
            guard range.contains(number) else { throw Problem(path: path, kind: .value("is out of range")) }
        case .name(let longest):
            try Self.require(value.text != nil, "string", path)
            guard let text = value.text, (1...longest).contains(text.utf8.count), text.utf8.allSatisfy(Self.isPlain)
            else {
                throw Problem(
                    path: path, kind: .value("String should match pattern '^[a-zA-Z0-9_-]{1,\(longest)}$'"))
            }
        case .word(let words):
            guard let text = value.text, words.contains(text) else {
                throw Problem(path: path, kind: .value("should be one of \(words.joined(separator: ", "))"))
            }
        case .object(let fields): try Self.check(value, fields, path)
        case .kind(let key, let kinds):
            try Self.require(value.members != nil, "object", path)
            guard let kind = value[key] else { throw Problem(path: path + [key], kind: .missing) }
            guard let fields = kind.text.flatMap({ kinds[$0] }) else {
                let known = kinds.keys.sorted().joined(separator: ", ")
                throw Problem(path: path + [key], kind: .value("should be one of \(known)"))
            }
            try Self.check(value, fields + [Field(key, .any)], path)
        case .list(let shape, let least):
            guard let items = value.items else { throw Problem(path: path, kind: .type("array")) }
            guard items.count >= least else { throw Problem(path: path, kind: .value("is too short")) }
            for (place, item) in items.enumerated() { try shape.check(item, at: path + [String(place)]) }
        case .text(let other):
            if value.text == nil { try other.check(value, at: path) }
        }
    }

    /// A member that may be left out may be null too.
    private static func check(_ value: JSON, _ fields: [Field], _ path: [String]) throws(Problem) {
        guard let members = value.members else { throw Problem(path: path, kind: .type("object")) }
        for field in fields {
            switch value[field.name] {
            case .none, .null:
                if field.isRequired { throw Problem(path: path + [field.name], kind: .missing) }
            case .some(let value): try field.shape.check(value, at: path + [field.name])
            }
        }
        for member in members where !fields.contains(where: { $0.name == member.name }) {
            throw Problem(path: path + [member.name], kind: .unknown)
        }
    }

    private static func require(_ isMet: Bool, _ expected: String, _ path: [String]) throws(Problem) {
        guard isMet else { throw Problem(path: path, kind: .type(expected)) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        case _: false
        }
    }
}

extension [Shape.Field] {
    /// Members that the vendor has and the stand-in doesn't look into.
    static func anything(_ names: String...) -> [Shape.Field] {
        names.map { Shape.Field($0, .any) }
    }
}
