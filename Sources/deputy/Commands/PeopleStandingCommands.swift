import ArgumentParser
import Wire

struct PeopleShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one person: what they may use, what they connected, what waits for them.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The person.")
    var id: String

    func run() async throws {
        let person = try await common.send("GET", ["people", id])
        common.show(person) {
            let subjects = person["subjects"]?.objectValue?.members.map { "\($0.key)=\($0.value.stringValue ?? "")" }
            print("\(Table.inert(person["name"]?.stringValue ?? id)) <\(person["email"]?.stringValue ?? "")>")
            print("standing: \(person["standing"]?.stringValue ?? "")")
            if let groups = person["groups"]?.arrayValue, !groups.isEmpty {
                print("groups: \(AgentText.list(.array(groups)))")
            }
            if let subjects, !subjects.isEmpty {
                print("ids at providers: \(Table.inert(subjects.joined(separator: " ")))")
            }
            if let roles = person["roles"]?.arrayValue, !roles.isEmpty {
                print("roles: \(AgentText.list(.array(roles)))")
            }
            print("\nMay use:")
            var agents = Table(.whole("AGENT"), "ACTS AS", "RIGHTS")
            for agent in person["agents"]?.arrayValue ?? [] {
                agents.add(
                    agent["agent"]?.stringValue ?? "", agent["acts_as"]?.stringValue ?? "(not set)",
                    agent["is_owner"]?.boolValue == true ? "owner" : AgentText.list(agent["rights"]))
            }
            agents.show(whenEmpty: "no agent")
            print("\nConnected:")
            var connections = Table("PROVIDER", "ACCOUNT", "HEALTH", .whole("ID"))
            for row in person["connections"]?.arrayValue ?? [] {
                connections.add(
                    row["provider"]?.stringValue ?? "", row["account"]?.stringValue ?? "",
                    row["health"]?.stringValue ?? "", row["id"]?.stringValue ?? "")
            }
            connections.show(whenEmpty: "nothing")
            print("\nWaiting for their answer:")
            var waiting = Table(.whole("ID"), "AGENT", "TOOL", "EFFECT")
            for row in person["waiting"]?.arrayValue ?? [] {
                waiting.add(
                    row["id"]?.stringValue ?? "", row["agent"]?.stringValue ?? "", row["tool"]?.stringValue ?? "",
                    row["effect"]?.stringValue ?? "")
            }
            waiting.show(whenEmpty: "nothing")
        }
    }
}

struct PeopleSuspendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Let a person do nothing for now, and end what stands open for them.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The person.")
    var id: String

    func run() async throws {
        let answer = try await common.send("POST", ["people", id, "suspend"])
        common.show(answer) {
            print("`\(id)` is suspended: their tokens, sessions, agreements, approvals and windows have ended.")
        }
    }
}

struct PeopleResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a suspended person act again, with new tokens.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The person.")
    var id: String

    func run() async throws {
        let answer = try await common.send("POST", ["people", id, "resume"])
        common.show(answer) { print("`\(id)` may act again. What ended stays ended: make new tokens.") }
    }
}
