/// Why a schema isn't one that we take: the first fault, and where in the schema it stands.
public struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The place within the schema, as a JSON pointer.
    public let pointer: JSONPointer
    /// What is wrong there.
    public let message: String
    /// What would help, if we know.
    public let hint: String?

    /// Makes an error.
    public init(_ pointer: JSONPointer, _ message: String, hint: String? = nil) {
        self.pointer = pointer
        self.message = message
        self.hint = hint
    }

    /// Message, place and hint.
    public var description: String {
        "\(message) at `\(pointer)`" + (hint.map { " (\($0))" } ?? "")
    }
}

/// One thing in a value that its schema doesn't allow.
public struct SchemaViolation: Sendable, Hashable, CustomStringConvertible {
    /// The place within the value, as a JSON pointer.
    public let pointer: JSONPointer
    /// What is wrong there. Values aren't repeated: they may be private.
    public let message: String
    /// What would help, if we know.
    public let hint: String?

    /// Makes a violation.
    public init(_ pointer: JSONPointer, _ message: String, hint: String? = nil) {
        self.pointer = pointer
        self.message = message
        self.hint = hint
    }

    /// Place, message and hint.
    public var description: String {
        (pointer.steps.isEmpty ? message : "`\(pointer)`: \(message)") + (hint.map { " (\($0))" } ?? "")
    }
}

/// Everything in a value that its schema doesn't allow, up to `SchemaViolations.most`.
public struct SchemaViolations: Error, Sendable, Hashable, CustomStringConvertible {
    /// The violations, at least one, in the order of the value.
    public let violations: [SchemaViolation]

    /// The number after which looking for more isn't worth the work.
    public static let most = 50

    /// Makes an error of one or more violations.
    public init(_ violations: [SchemaViolation]) {
        self.violations = violations
    }

    /// All of them in one line.
    public var description: String {
        violations.map(\.description).joined(separator: "; ")
    }
}
