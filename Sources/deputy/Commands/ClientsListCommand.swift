import ArgumentParser
import Wire

struct ClientsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the clients that were registered, registered themselves, or were let in.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["clients"])
        common.show(answer) {
            var table = Table(.whole("ID"), "NAME", "ORIGIN", "PEOPLE", "CEILING", "STATE")
            for client in answer["clients"]?.arrayValue ?? [] {
                table.add(
                    client["id"]?.stringValue ?? "", client["name"]?.stringValue ?? "",
                    client["origin"]?.stringValue ?? "", "\(client["people"]?.arrayValue?.count ?? 0)",
                    AgentText.list(client["ceiling"]), client["state"]?.stringValue ?? "")
            }
            table.show(whenEmpty: "There are no clients yet. Register one with `deputy clients register`.")
        }
    }
}

struct ClientsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one client: its places, its ceiling, and who let it in where.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The client's id.")
    var id: String

    func run() async throws {
        let client = try await common.one("client", id, of: "clients")
        common.show(client) {
            var fields = Fields()
            fields.add("client", client["id"]?.stringValue)
            fields.add("name", client["name"]?.stringValue)
            fields.add("origin", client["origin"]?.stringValue)
            fields.add("redirect URIs", AgentText.list(client["redirects"]))
            fields.add("ceiling", AgentText.list(client["ceiling"]))
            fields.add("people", AgentText.list(client["people"]))
            fields.add("agents", AgentText.list(client["agents"]))
            fields.add("state", client["state"]?.stringValue)
            fields.show()
        }
    }
}
