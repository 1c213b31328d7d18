import ArgumentParser
import Wire

struct ConnectionsWidenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "widen", abstract: "Ask anew for what an agent's tools need, where our app is itself.",
        discussion: """
            For connections made with --client-credentials, which nobody consents to: what the agent's released tools need \
            besides is asked for. The token before is kept until the provider has given another.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The connection's id.")
    var id: String

    func run() async throws {
        let answer = try await common.send("POST", ["connections", id, "widen"])
        common.show(answer) {
            let scopes = (answer["scopes"]?.arrayValue ?? []).compactMap(\.stringValue)
            print(
                "`\(id)` may do: \(scopes.isEmpty ? "what the provider doesn't name" : scopes.joined(separator: ", "))."
            )
            let missing = (answer["missing"]?.arrayValue ?? []).compactMap(\.stringValue)
            if !missing.isEmpty {
                print("The provider doesn't give our app: \(missing.joined(separator: ", ")). Have it allowed there.")
            }
        }
    }
}
