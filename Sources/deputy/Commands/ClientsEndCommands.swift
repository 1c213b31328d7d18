import ArgumentParser
import Wire

struct ClientsCeilingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ceiling", abstract: "Set what a client's tokens may do at the most, whoever let it in.",
        discussion: "What was allowed beyond it is cut back from the next call on. Widening it gives nothing back.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The client's id.")
    var id: String

    @Argument(help: "The effects, such as `read draft`.")
    var effects: [String]

    func run() async throws {
        let answer = try await common.send(
            "POST", ["clients", "ceiling"],
            body: ["client": .string(id), "ceiling": .array(effects.map { .string($0) })])
        common.show(answer) { print("\(id) may at the most: \(AgentText.list(answer["ceiling"])).") }
    }
}

struct ClientsRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Shut a client out. Its tokens fail from the next call on, and nobody can let it in.",
        discussion: "The id of a client with a metadata document may be one that never came.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The client's id.")
    var id: String

    func run() async throws {
        let answer = try await common.send("POST", ["clients", "revoke"], body: ["client": .string(id)])
        common.show(answer) { print("Revoked \(id).") }
    }
}

struct ClientsRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Let people let a revoked client in again. What ended stays ended.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The client's id.")
    var id: String

    func run() async throws {
        let answer = try await common.send("POST", ["clients", "restore"], body: ["client": .string(id)])
        common.show(answer) { print("People may let \(id) in again.") }
    }
}

struct ClientsSignOutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-out", abstract: "Take back what one person allowed to a client.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The client's id.")
    var id: String

    @Option(help: "The person.")
    var person: String

    func run() async throws {
        let answer = try await common.send(
            "POST", ["clients", "sign-out"], body: ["client": .string(id), "person": .string(person)])
        common.show(answer) { print("Signed \(id) out for `\(person)`.") }
    }
}

struct ClientsRotateKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-keys", abstract: "Sign ID tokens with a new key. The old ones stay published for a day.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("POST", ["clients", "rotate-keys"])
        common.show(answer) { print("The new key is \(answer["key"]?.stringValue ?? "").") }
    }
}
