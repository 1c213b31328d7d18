import ArgumentParser
import Wire

struct GroupsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups", abstract: "Groups of people, to share agents with.",
        subcommands: [
            GroupsAddCommand.self, GroupsListCommand.self, GroupsShowCommand.self, GroupsAddMemberCommand.self,
            GroupsRemoveMemberCommand.self, GroupsRemoveCommand.self,
        ])
}

struct GroupsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a group.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The group's id, such as `sales`.")
    var id: String

    @Option(help: "The name, as people say it.")
    var name: String?

    @Option(help: "A person in it. May be given several times.")
    var member: [String] = []

    func run() async throws {
        var body: JSONObject = ["id": .string(id), "members": .array(member.map { .string($0) })]
        body["name"] = name.map { .string($0) }
        let group = try await common.send("POST", ["groups"], body: body)
        common.show(group) { print(GroupText.line(group)) }
    }
}

struct GroupsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the groups.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["groups"])
        common.show(answer) {
            var table = Table(.whole("ID"), "NAME", "MEMBERS")
            for group in answer["groups"]?.arrayValue ?? [] {
                table.add(
                    group["id"]?.stringValue ?? "", group["name"]?.stringValue ?? "", AgentText.list(group["members"]))
            }
            table.show(whenEmpty: "There are no groups yet. Add one with `deputy groups add`.")
        }
    }
}

struct GroupsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one group: who is in it, and what is shared with it.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The group.")
    var id: String

    func run() async throws {
        let group = try await common.send("GET", ["groups", id])
        common.show(group) {
            print(GroupText.line(group))
            var table = Table(.whole("AGENT"), "RIGHTS")
            for share in group["shares"]?.arrayValue ?? [] {
                table.add(share["agent"]?.stringValue ?? "", AgentText.list(share["rights"]))
            }
            table.show(whenEmpty: "No agent is shared with it. Share one with `deputy agents share`.")
        }
    }
}

struct GroupsAddMemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-member", abstract: "Add a person to a group, and so to what is shared with it.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The group.")
    var id: String

    @Argument(help: "The person.")
    var person: String

    func run() async throws {
        let group = try await common.send("POST", ["groups", id, "members", person])
        common.show(group) { print(GroupText.line(group)) }
    }
}

struct GroupsRemoveMemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-member", abstract: "Remove a person from a group, and from what only the group gave them.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The group.")
    var id: String

    @Argument(help: "The person.")
    var person: String

    func run() async throws {
        let group = try await common.send("DELETE", ["groups", id, "members", person])
        common.show(group) { print(GroupText.line(group)) }
    }
}

struct GroupsRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a group, and with it what was shared with it.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The group.")
    var id: String

    func run() async throws {
        let answer = try await common.send("DELETE", ["groups", id])
        common.show(answer) { print("Removed the group `\(id)`.") }
    }
}

enum GroupText {
    static func line(_ group: JSON) -> String {
        let members = AgentText.list(group["members"])
        return Table.inert("`\(group["id"]?.stringValue ?? "")` is \(members.isEmpty ? "empty" : members).")
    }
}
