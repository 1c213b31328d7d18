import ArgumentParser
import Wire

struct ApprovalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals",
        abstract: "What waits for a person's answer, and that person's answers.",
        subcommands: [
            ApprovalsListCommand.self, ApprovalsShowCommand.self, ApprovalsApproveCommand.self,
            ApprovalsDenyCommand.self, ApprovalsWatchCommand.self,
        ])
}

struct ApprovalsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List what waits.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Also what is decided already.")
    var all = false

    func run() async throws {
        let answer = try await common.send("GET", ["approvals"], query: all ? ["all": "true"] : [:])
        common.show(answer) {
            let table = ApprovalText.table(answer["approvals"]?.arrayValue ?? [])
            table.show(
                whenEmpty: all
                    ? "Nothing was ever asked. An agent asks when a call needs somebody's yes: see `deputy explain`."
                    : "Nothing waits. What is decided already is in `deputy approvals list --all`.")
        }
    }
}

struct ApprovalsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show who asked what of whom, and what became of it.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The approval's id.")
    var id: String

    func run() async throws {
        let answer = try await common.send("GET", ["approvals", id])
        common.show(answer) { ApprovalText.show(answer) }
    }
}

enum ApprovalText {
    static func table(_ approvals: [JSON]) -> Table {
        var table = Table(.whole("ID"), "AGENT", "TOOL", "ASKED BY", "WAITS FOR", "STATE")
        for approval in approvals {
            table.add(
                approval["id"]?.stringValue ?? "", approval["agent"]?.stringValue ?? "",
                approval["tool"]?.stringValue ?? "", approval["requester"]?.stringValue ?? "",
                AgentText.list(approval["approvers"]),
                (approval["state"]?.stringValue ?? "")
                    + (approval["obstacle"] == nil ? "" : ", can't be approved now"))
        }
        return table
    }

    static func line(_ approval: JSON) -> String {
        func text(_ key: String) -> String { approval[key]?.stringValue ?? "" }
        return Table.inert(
            "\(text("id"))  \(text("agent")) \(text("tool")) for \(text("requester")): \(text("what"))")
    }

    static func show(_ approval: JSON) {
        func text(_ key: String) -> String? { approval[key]?.stringValue }
        func time(_ key: String) -> String? { approval[key]?.integerValue.map { Moment.text($0) + " UTC" } }
        var fields = Fields()
        fields.add("approval", text("id"))
        fields.add("tool", text("tool").map { "\($0) (\(text("effect") ?? ""))" })
        fields.add("account", text("account"))
        fields.add("agent", text("agent"))
        fields.add("asked by", text("requester"))
        fields.add("waits for", AgentText.list(approval["approvers"]))
        fields.add("agreed", AgentText.list(approval["agreed"]))
        fields.add("state", text("what"))
        fields.add("not now", text("obstacle").map { "it can't be approved: \($0)" })
        fields.add("asked", time("created"))
        fields.add("expires", time("expires"))
        fields.add("digest", text("digest"))
        fields.add("page", text("link"))
        fields.show()
    }
}
