import ArgumentParser
import Wire

struct ToolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools", abstract: "The tools of this home, and what remote servers offer.",
        subcommands: [ToolsListCommand.self, ToolsShowCommand.self, ToolsReleaseCommand.self])
}

struct ToolsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the tools.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Only what waits to be released.")
    var quarantined = false

    func run() async throws {
        let answer = try await common.send("GET", ["tools"])
        let tools = (answer["tools"]?.arrayValue ?? []).filter {
            !quarantined || $0["state"]?.stringValue == "quarantined"
        }
        common.show(["tools": .array(tools)]) { ToolText.table(.array(tools)) }
    }
}

struct ToolsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a tool as its server gives it, and what has changed since it was released."
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The tool, such as tickets.search.")
    var name: String

    func run() async throws {
        let answer = try await common.send("GET", ["tools", name])
        common.show(answer) {
            let definition = answer["definition"]
            print("\(Table.inert(name)): \(answer["state"]?.stringValue ?? "")")
            if let effect = answer["effect"]?.stringValue { print("  effect       \(effect)") }
            if let obstacle = answer["obstacle"]?.stringValue { print("  can't be released: \(Table.inert(obstacle))") }
            print("  title        \(Table.inert(definition?["title"]?.stringValue ?? ""))")
            print("  description  \(Table.inert(definition?["description"]?.stringValue ?? ""))")
            print("  arguments    \(Table.inert(definition?["inputSchema"]?["properties"]?.text ?? "{}"))")
            if let hints = answer["hints"] {
                print("  hints of the server, which prove nothing: \(Table.inert(hints.text))")
            }
            for line in answer["diff"]?.arrayValue ?? [] { print("  \(Table.inert(line.stringValue ?? ""))") }
        }
    }
}

struct ToolsReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Say what a quarantined tool does, and so let agents call it.",
        discussion: "Only this definition is released: when the server changes it, it goes back to quarantine.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The tool, such as tickets.search.")
    var name: String

    @Option(help: "read, draft, send, share, create, update, delete, execute or administer.")
    var effect: String

    @Option(
        help: ArgumentHelp(
            "What an argument is for, such as `to=destination`. May be given several times.", valueName: "argument=role"
        ))
    var role: [String] = []

    func run() async throws {
        var roles: JSONObject = [:]
        for pair in try Pair.parse(role, as: "--role") { roles[pair.key] = .string(pair.value) }
        let answer = try await common.send(
            "POST", ["tools", name, "release"], body: ["effect": .string(effect), "roles": .object(roles)])
        common.show(answer) { print("Released `\(name)`: it is to \(effect).") }
    }
}

enum ToolText {
    static func table(_ tools: JSON?) {
        var table = Table(.whole("TOOL"), "EFFECT", "STATE", "")
        for tool in tools?.arrayValue ?? [] {
            let note =
                tool["obstacle"]?.stringValue
                ?? (tool["changed"]?.boolValue == true ? "changed since it was released" : "")
            table.add(
                tool["name"]?.stringValue ?? "", tool["effect"]?.stringValue ?? "–", tool["state"]?.stringValue ?? "",
                note)
        }
        table.show(whenEmpty: "There are no such tools. Add a server of tools with `deputy servers add`.")
    }
}
