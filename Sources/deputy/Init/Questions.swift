import Glibc

/// Asks whoever sits at the terminal. What isn't right is told, and asked for again.
struct Questions {
    private var number = 0

    /// - Parameters:
    ///   - question: one sentence.
    ///   - usual: what an empty answer comes to, as it is shown; nil when there has to be an answer.
    /// - Returns: the answer as `read` made it; nil for an empty one that may be.
    mutating func ask<Value>(
        _ question: String, usual: String?, read: (String) throws -> Value
    ) throws -> Value? {
        number += 1
        print("\(number). \(question)")
        while true {
            print(usual.map { "   [\($0)] " } ?? "   ", terminator: "")
            FileHandleOutput.flush()
            guard let line = readLine() else { throw Questions.declined }
            let answer = trimmed(line)
            if answer.isEmpty, usual != nil { return nil }
            do {
                return try read(answer)
            } catch let failure as CommandFailure {
                print("   \(Table.inert(failure.message))" + (failure.hint.map { "; \(Table.inert($0))" } ?? ""))
            }
        }
    }

    /// Without showing what is typed.
    static func secret(_ prompt: String) throws -> [UInt8] {
        guard let typed = getpass("   \(prompt): ") else { throw Questions.declined }
        defer { memset(typed, 0, strlen(typed)) }
        return Array(String(cString: typed).utf8)
    }

    private static let declined = CommandFailure(.refused, "declined", "nothing was made")
}
