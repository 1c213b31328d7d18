import Turns
import Wire

/// The fields above a message's body (RFC 5322 section 2.2), in their order, as anybody may have written them.
struct MailHeader {
    struct Field: Hashable {
        /// In lower case.
        let name: String
        /// Unfolded, without space at its ends. Its bytes are what they are.
        let bytes: [UInt8]

        /// What isn't UTF-8 shows as U+FFFD, and so is no ASCII.
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// In octets. A server is asked for no more, and a header that reaches this isn't whole.
    static let longest = 128 << 10
    private static let most = 1_000

    let fields: [Field]

    init(_ bytes: [UInt8]) throws(MailRefusal) {
        guard bytes.count < Self.longest else { throw .tooLarge }
        guard !bytes.contains(0) else { throw .malformed }
        var fields: [Field] = []
        var name: String?
        var value: [UInt8] = []
        func end() {
            if let name { fields.append(Field(name: name, bytes: Self.trimmed(value))) }
        }
        for var line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            guard !line.contains(UInt8(ascii: "\r")) else { throw .malformed }
            guard let first = line.first else { break }
            if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
                guard name != nil else { throw .malformed }
                value += line
                continue
            }
            end()
            guard fields.count < Self.most, let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                throw .malformed
            }
            // A space before the colon is an old form (section 4.5), which others read as they like.
            let letters = line[..<colon]
            guard !letters.isEmpty, letters.allSatisfy({ (0x21..<0x7F).contains($0) }) else { throw .malformed }
            name = String(decoding: letters, as: UTF8.self).lowercased()
            value = Array(line[(colon + 1)...])
        }
        end()
        guard !fields.isEmpty else { throw .malformed }
        self.fields = fields
    }

    func all(_ name: String) -> [Field] { fields.filter { $0.name == name } }

    /// The topmost of a name.
    func first(_ name: String) -> Field? { fields.first { $0.name == name } }

    /// For people and models: encoded words are read, and it is one line.
    func shown(_ name: String) -> String? {
        first(name).map { field in
            MailWords.line(MailText.header(field.bytes), longest: 500)
        }
    }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        let isSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}

/// Texts of strangers, made harmless.
enum MailWords {
    /// One line: every control character and every line break became a space.
    static func line(_ text: String, longest: Int) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(longest) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                scalars.append(" ")
            case _: scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}
