import ArgumentParser
import Wire

/// Roles of people beyond what agents give them.
enum PersonRole: String, CaseIterable, ExpressibleByArgument {
    case payloadReader = "payload_reader"
}

struct PeopleRoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Give a person a role, or end it.",
        discussion: """
            payload_reader: may read what calls were given and what came back, each time with a reason that stands in the \
            ledger. Nobody has it by another right, and the operator never reads.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The person.")
    var id: String

    @Argument(help: "The role: payload_reader.")
    var role: PersonRole

    @Flag(help: "End it.")
    var end = false

    func run() async throws {
        let answer = try await common.send(end ? "DELETE" : "POST", ["people", id, "roles", role.rawValue])
        common.show(answer) { print("`\(id)` \(end ? "isn't" : "is") a \(role.rawValue) \(end ? "any more" : "now").") }
    }
}

struct PeopleEraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Destroy what a person's calls were given and what came back. Every proof still holds.",
        discussion: """
            For who was suspended or offboarded. Destroyed are payloads, with the keys of their digests, and settled approvals \
            and notices; of somebody who left also name, address and ids at providers. Records stay, with the person's id \
            and what the accounts are called that were used. Backups from before still hold all of it.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The person.")
    var id: String

    @Flag(help: "Do it: it can't be undone.")
    var yes = false

    func run() async throws {
        try common.confirmErasure(yes)
        let answer = try await common.send("POST", ["people", id, "erase"])
        common.show(answer) {
            print("Erased what \(answer["calls"]?.text ?? "0") calls of `\(id)` held. Their records stay, and verify.")
        }
    }
}
