import ArgumentParser
import Wire

struct ClientsRegisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Register a client that may ask people for access to agents.",
        discussion: """
            Clients that publish a metadata document need no registration: its URL is their id. With `--confidential` the \
            client gets a secret, which is shown once.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The client's name, as people see it when they are asked.")
    var name: String

    @Option(
        name: .customLong("redirect-uri"),
        help: """
            Where it takes its answers: https, or http on this machine. May be given several times. A confidential client \
            that only exchanges tokens has none.
            """)
    var redirects: [String] = []

    @Flag(help: "The client can keep a secret: it runs on a server.")
    var confidential = false

    @Option(help: "An effect that its tokens may have at the most. May be given several times; without it all.")
    var ceiling: [String] = []

    func run() async throws {
        let answer = try await common.send(
            "POST", ["clients"],
            body: [
                "name": .string(name), "redirects": .array(redirects.map { .string($0) }),
                "confidential": .bool(confidential), "ceiling": .array(ceiling.map { .string($0) }),
            ])
        common.show(answer) {
            print("Registered. Its client id is \(answer["id"]?.stringValue ?? "").")
            if let secret = answer["secret"]?.stringValue {
                print("Its secret, shown only now:\n\n  \(secret)")
            }
        }
    }
}
