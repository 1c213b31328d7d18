public import Wire

/// One thing that is wrong in a file that a person wrote: where, which rule, the way out.
public struct SourceProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public let file: String
    public let line: Int
    public let column: Int
    public let message: String
    public let hint: String?

    public init(file: String, position: SourcePosition, message: String, hint: String?) {
        self.file = file
        line = position.line
        column = position.column
        self.message = message
        self.hint = hint
    }

    public var description: String {
        "\(file):\(line):\(column): \(message)" + (hint.map { " (\($0))" } ?? "")
    }
}

/// Everything that is wrong in a file, at once.
public struct SourceProblems: Error, Sendable, CustomStringConvertible {
    public let problems: [SourceProblem]

    public init(_ problems: [SourceProblem]) {
        self.problems = problems
    }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
