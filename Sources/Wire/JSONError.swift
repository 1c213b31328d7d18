/// Why a text isn't JSON that we take.
public struct JSONError: Error, Sendable, Hashable {
    /// The kinds of refusal.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Something else was expected here.
        case syntax
        /// The text ends too early.
        case incomplete
        /// A complete value is followed by more.
        case trailing
        /// A key stands twice in one object (RFC 7493 section 2.3).
        case duplicateKey
        /// The bytes aren't UTF-8, or start with a byte order mark (RFC 8259 section 8.1).
        case encoding
        /// Half of a surrogate pair (RFC 7493 section 2.1).
        case surrogate
        /// A raw control character within a string (RFC 8259 section 7).
        case control
        /// More bytes than allowed.
        case tooLarge
        /// Nested deeper than allowed.
        case tooDeep
        /// More values than allowed.
        case tooMany
    }

    /// The kind.
    public let code: Code
    /// Where the fault is, in bytes from 0.
    public let offset: Int
    /// What is wrong, for the one who wrote the text.
    public let message: String
    /// What would help, if we know.
    public let hint: String?

    /// Makes an error.
    public init(_ code: Code, at offset: Int, _ message: String, hint: String? = nil) {
        self.code = code
        self.offset = offset
        self.message = message
        self.hint = hint
    }
}

extension JSONError: CustomStringConvertible {
    /// The message, where, and the hint.
    public var description: String {
        "\(message) at byte \(offset)" + (hint.map { " (\($0))" } ?? "")
    }
}
