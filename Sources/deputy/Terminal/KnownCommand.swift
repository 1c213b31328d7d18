import ArgumentParser
import Wire

/// Tells of a command that there isn't before the parser calls it an unexpected argument.
enum KnownCommand {
    /// - Parameter arguments: what was written behind the program's name.
    static func check(_ arguments: [String]) throws {
        var command: any ParsableCommand.Type = Deputy.self
        var path = [Deputy._commandName]
        for word in arguments {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
            guard let next = known.first(where: { $0._commandName == word }) else {
                let names = known.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
                throw CommandFailure(
                    .miswritten, "unknown", "`\(path.joined(separator: " "))` has no command `\(word)`",
                    hint: suggestion(for: word, among: names) ?? "see `\(path.joined(separator: " ")) --help`")
            }
            command = next
            path.append(word)
        }
    }
}
