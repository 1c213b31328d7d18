/// The types that a schema may name, as a set.
struct SchemaType: OptionSet, Sendable {
    let rawValue: UInt8

    static let null = SchemaType(rawValue: 1)
    static let boolean = SchemaType(rawValue: 2)
    static let integer = SchemaType(rawValue: 4)
    static let number = SchemaType(rawValue: 8)
    static let string = SchemaType(rawValue: 16)
    static let array = SchemaType(rawValue: 32)
    static let object = SchemaType(rawValue: 64)

    static let names: [(name: String, type: SchemaType)] = [
        ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number), ("string", .string),
        ("array", .array), ("object", .object),
    ]

    static func named(_ name: String) -> SchemaType? {
        names.first { $0.name.hasSameBytes(as: name) }?.type
    }

    /// Whether a value has one of these types. A whole number is an integer however it is written: `1.0` is one.
    func accepts(_ value: JSON) -> Bool {
        switch value {
        case .null: contains(.null)
        case .bool: contains(.boolean)
        case .number(let number): contains(.number) || contains(.integer) && number.isWhole
        case .string: contains(.string)
        case .array: contains(.array)
        case .object: contains(.object)
        }
    }

    /// The names in a sentence.
    var description: String {
        Self.names.filter { contains($0.type) }.map { "`\($0.name)`" }.joined(separator: " or ")
    }
}

extension JSONNumber {
    /// Whether the value is a whole number, of any size.
    fileprivate var isWhole: Bool {
        Int64(text) != nil || Decimal(self).isWhole
    }
}
