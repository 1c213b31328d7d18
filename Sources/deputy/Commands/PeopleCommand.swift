import ArgumentParser
import Wire

struct PeopleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people", abstract: "The organization's people.",
        subcommands: [
            PeopleAddCommand.self, PeopleListCommand.self, PeopleShowCommand.self, PeopleSuspendCommand.self,
            PeopleResumeCommand.self, PeopleOffboardCommand.self, PeopleRoleCommand.self, PeopleEraseCommand.self,
        ])
}

struct PeopleAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a person, or record more of somebody's ids at providers.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The person's id, such as `alice`.")
    var id: String

    @Option(help: "The name, as people say it.")
    var name: String?

    @Option(help: "The verified address, in one of the organization's domains.")
    var email: String?

    @Option(help: ArgumentHelp("The person's own id at a provider, such as `rippling=W-17`.", valueName: "provider=id"))
    var subject: [String] = []

    func run() async throws {
        let subjects = try Pair.parse(subject, as: "--subject").map { ($0.key, JSON.string($0.value)) }
        var body: JSONObject = ["id": .string(id), "subjects": .object(JSONObject(subjects))]
        body["name"] = name.map { .string($0) }
        body["email"] = email.map { .string($0) }
        let person = try await common.send("POST", ["people"], body: body)
        common.show(person) {
            let name = Table.inert(person["name"]?.stringValue ?? id)
            print("`\(id)` is \(name), \(person["email"]?.stringValue ?? "").")
        }
    }
}

struct PeopleListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the people.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["people"])
        common.show(answer) {
            var table = Table(.whole("ID"), "NAME", "EMAIL", "IDS AT PROVIDERS", "STANDING")
            for person in answer["people"]?.arrayValue ?? [] {
                let subjects = person["subjects"]?.objectValue?.members.map {
                    "\($0.key)=\($0.value.stringValue ?? "")"
                }
                table.add(
                    person["id"]?.stringValue ?? "", person["name"]?.stringValue ?? "",
                    person["email"]?.stringValue ?? "", subjects?.joined(separator: " ") ?? "",
                    person["standing"]?.stringValue ?? "")
            }
            table.show(whenEmpty: "There are no people yet. Add one with `deputy people add`.")
        }
    }
}
