/// A page in mdoc(7), which man(1) shows.
struct ManualPage {
    let command: CommandNode
    let root: CommandNode
    let date: String

    /// `deputy-agents-add.1`.
    var file: String { name(command) + ".1" }

    var text: String {
        var lines = [
            ".Dd \(date)", ".Dt \(name(command).uppercased()) 1", ".Os Deputy \(Version.text)", ".Sh NAME",
            ".Nm \(name(command))",
            ".Nd \(Roff.title(command.abstract))", ".Sh SYNOPSIS",
            ".Nm \(command.path.joined(separator: " "))",
        ]
        lines += synopsis
        lines += [".Sh DESCRIPTION", Roff.text(command.abstract)]
        if !command.discussion.isEmpty {
            for paragraph in command.discussion.split(separator: "\n", omittingEmptySubsequences: true) {
                lines += [".Pp", Roff.text(String(paragraph))]
            }
        }
        lines += subcommands
        lines += list(command.arguments.filter { $0.kind == .positional }, "The arguments are as follows:")
        lines += list(command.arguments.filter { $0.kind != .positional }, "The options are as follows:")
        lines += environment + exitStatus + seeAlso
        return lines.joined(separator: "\n") + "\n"
    }

    private func name(_ command: CommandNode) -> String { command.path.joined(separator: "-") }

    private var synopsis: [String] {
        if !command.subcommands.isEmpty { return [".Ar command", ".Op Ar argument ..."] }
        return command.arguments.map { argument in
            let more = argument.isRepeating ? " ..." : ""
            let word = spelled(argument, argument.names.last.map { [$0] } ?? []) + more
            return argument.isOptional ? ".Op \(word)" : ".\(word)"
        }
    }

    private func spelled(_ argument: CommandNode.Argument, _ names: [String]) -> String {
        let flags = names.map { "Fl \(Roff.word(String($0.dropFirst())))" }.joined(separator: " , ")
        switch argument.kind {
        case .positional: return "Ar \(Roff.word(argument.valueName))"
        case .flag: return flags
        case .option: return "\(flags) Ar \(Roff.word(argument.valueName))"
        }
    }

    private var subcommands: [String] {
        guard !command.subcommands.isEmpty else { return [] }
        var lines = [".Pp", "The commands are as follows:", ".Bl -tag -width Ds"]
        for command in command.subcommands {
            lines += [".It Xr \(name(command)) 1", Roff.text(command.abstract)]
        }
        return lines + [".El"]
    }

    private func list(_ arguments: [CommandNode.Argument], _ title: String) -> [String] {
        guard !arguments.isEmpty else { return [] }
        var lines = [".Pp", title, ".Bl -tag -width Ds"]
        for argument in arguments {
            lines += [".It \(spelled(argument, argument.names))", Roff.text(argument.help)]
            if let usual = argument.usual { lines.append("Without it " + Roff.text(usual) + ".") }
            if argument.isRepeating { lines.append("It may be given several times.") }
        }
        return lines + [".El"]
    }

    private var environment: [String] {
        guard command.arguments.contains(where: { $0.names.contains("--home") }) else { return [] }
        return [
            ".Sh ENVIRONMENT", ".Bl -tag -width Ds", ".It Ev DEPUTY_HOME", "The home, where", ".Fl -home",
            "doesn't name one.", ".El",
        ]
    }

    /// The codes stand on the root's page, in its own words.
    private var exitStatus: [String] {
        guard command.path.count > 1 else { return [] }
        return [".Sh EXIT STATUS", "As in", ".Xr \(root.path[0]) 1 ."]
    }

    private var seeAlso: [String] {
        guard command.path.count > 1 else { return [] }
        let above = (1..<command.path.count).map { command.path.prefix($0).joined(separator: "-") }
        let pages = above.map { ".Xr \($0) 1" }
        return [".Sh SEE ALSO"] + pages.dropLast().map { $0 + " ," } + pages.suffix(1)
    }
}

/// Text as roff reads it: nothing in it is an instruction.
enum Roff {
    /// Each sentence on a line of its own, as mdoc(7) wants it.
    static func text(_ text: String) -> String {
        sentences(text).map { line in
            let escaped = escape(line)
            return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
        }.joined(separator: "\n")
    }

    /// The first sentence, without its stop.
    static func title(_ text: String) -> String {
        let first = sentences(text).first ?? ""
        return escape(first.hasSuffix(".") ? String(first.dropLast()) : first)
    }

    private static func sentences(_ text: String) -> [String] {
        var sentences = [""]
        var isAfterStop = false
        for character in text {
            if character == "\n" || (isAfterStop && character == " ") {
                sentences.append("")
            } else {
                sentences[sentences.count - 1].append(character)
            }
            isAfterStop = ".?!".contains(character)
        }
        return sentences.filter { !$0.isEmpty }
    }

    /// One argument of a macro. Short words could be macros themselves.
    static func word(_ text: String) -> String {
        let escaped = escape(text)
        return escaped.contains(" ") ? "\"\(escaped)\"" : "\\&" + escaped
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        var isInCode = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\e"
            case "\"": escaped += "\\(dq"
            case "`":
                escaped += isInCode ? "\\(cq" : "\\(oq"
                isInCode.toggle()
            case "~": escaped += "\\(ti"
            case "^": escaped += "\\(ha"
            case "-": escaped += "\\-"
            case _ where scalar.isASCII: escaped.unicodeScalars.append(scalar)
            case _:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                escaped += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
            }
        }
        return escaped
    }
}
