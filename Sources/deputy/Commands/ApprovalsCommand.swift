import ArgumentParser
import Wire

struct ApprovalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals",
        abstract: "What waits for a person's answer. Answers are given on pages, by that person.",
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
            var table = Table(.whole("ID"), "AGENT", "TOOL", "ASKED BY", "WAITS FOR", "STATE")
            for approval in answer["approvals"]?.arrayValue ?? [] {
                table.add(
                    approval["id"]?.stringValue ?? "", approval["agent"]?.stringValue ?? "",
                    approval["tool"]?.stringValue ?? "", approval["requester"]?.stringValue ?? "",
                    AgentText.list(approval["approvers"]), approval["state"]?.stringValue ?? "")
            }
            table.show(whenEmpty: all ? "Nothing was ever asked." : "Nothing waits.")
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

struct ApprovalsApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Say where an approval is given. The operator never gives one.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The approval's id.")
    var id: String

    func run() async throws { try await ApprovalText.refuse(id, common) }
}

struct ApprovalsDenyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny", abstract: "Say where an approval is denied. The operator never answers for a person.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The approval's id.")
    var id: String

    func run() async throws { try await ApprovalText.refuse(id, common) }
}

struct ApprovalsWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Print each approval as it comes to wait, and as it ends.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        var known: [String: String] = [:]
        while !Task.isCancelled {
            let answer = try await common.send("GET", ["approvals"], query: ["all": "true"])
            for approval in (answer["approvals"]?.arrayValue ?? []).reversed() {
                let id = approval["id"]?.stringValue ?? ""
                let what = approval["what"]?.stringValue ?? ""
                guard known.updateValue(what, forKey: id) != what else { continue }
                if common.json { print(approval.text) } else { ApprovalText.line(approval) }
            }
            FileHandleOutput.flush()
            try await Task.sleep(for: .seconds(2))
        }
    }
}

enum ApprovalText {
    static func line(_ approval: JSON) {
        print(
            Table.inert(
                "\(approval["id"]?.stringValue ?? "")  \(approval["agent"]?.stringValue ?? "") "
                    + "\(approval["tool"]?.stringValue ?? "") for \(approval["requester"]?.stringValue ?? ""): "
                    + (approval["what"]?.stringValue ?? "")))
    }

    static func show(_ approval: JSON) {
        let fields = [
            ("Tool", "tool"), ("Effect", "effect"), ("Account", "account"), ("Agent", "agent"),
            ("Asked by", "requester"),
            ("State", "what"), ("Digest", "digest"), ("Page", "link"),
        ]
        for (name, key) in fields {
            guard let value = approval[key]?.stringValue else { continue }
            print(name.padded(to: 10) + Table.inert(value))
        }
        print("Waits for".padded(to: 10) + AgentText.list(approval["approvers"]))
    }

    /// Nobody answers from here: an answer is a person's, on a page of their own session.
    static func refuse(_ id: String, _ common: CommonOptions) async throws {
        let approval = try await common.send("GET", ["approvals", id])
        let approver = approval["approvers"]?[0]?.stringValue ?? "NAME"
        throw CommandFailure(
            .refused, "needs_person",
            "an approval is answered by \(AgentText.list(approval["approvers"])), in their browser",
            hint: "they sign in with the link of `deputy login \(approver)` and open "
                + (approval["link"]?.stringValue ?? "the page of the running gateway"))
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
