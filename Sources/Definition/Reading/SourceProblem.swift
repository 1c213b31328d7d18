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

    /// - Parameter problems: told in the order of the files in which they come first, and of their places.
    public init(_ problems: [SourceProblem]) {
        var files: [String: Int] = [:]
        for problem in problems where files[problem.file] == nil { files[problem.file] = files.count }
        self.problems = problems.enumerated().sorted { one, other in
            let (left, right) = (one.element, other.element)
            return (files[left.file] ?? 0, left.line, left.column, one.offset)
                < (files[right.file] ?? 0, right.line, right.column, other.offset)
        }.map(\.element)
    }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
