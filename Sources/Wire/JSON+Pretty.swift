extension JSON {
    /// The value as JSON text for people: one member or element a line, indented by two spaces. Empty arrays and
    /// objects stay on their line; there is no line feed at the end.
    public func pretty() -> String {
        var bytes: [UInt8] = []
        writePretty(into: &bytes, indent: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func writePretty(into bytes: inout [UInt8], indent: Int) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            bytes.append(UInt8(ascii: "["))
            for (place, element) in elements.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.startLine(in: &bytes, indent: indent + 1)
                element.writePretty(into: &bytes, indent: indent + 1)
            }
            Self.startLine(in: &bytes, indent: indent)
            bytes.append(UInt8(ascii: "]"))
        case .object(let object) where !object.isEmpty:
            bytes.append(UInt8(ascii: "{"))
            for (place, member) in object.members.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.startLine(in: &bytes, indent: indent + 1)
                Self.write(member.key, into: &bytes)
                bytes.append(contentsOf: ": ".utf8)
                member.value.writePretty(into: &bytes, indent: indent + 1)
            }
            Self.startLine(in: &bytes, indent: indent)
            bytes.append(UInt8(ascii: "}"))
        case .null, .bool, .number, .string, .array, .object:
            write(into: &bytes)
        }
    }

    private static func startLine(in bytes: inout [UInt8], indent: Int) {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
    }
}
