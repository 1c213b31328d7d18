import ArgumentParser
import Wire

struct ChannelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channels", abstract: "The accounts by which people reach agents.",
        subcommands: [
            ChannelsAddCommand.self, ChannelsListCommand.self, ChannelsPauseCommand.self, ChannelsResumeCommand.self,
            ChannelsRemoveCommand.self, ChannelsManifestCommand.self,
        ])
}

struct ChannelsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the accounts.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["channels"])
        common.show(answer) { ChannelText.table(answer) }
    }
}

struct ChannelsPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let an account take no message and send none, until it is resumed.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The channel, such as slack.")
    var kind: String?

    @Argument(help: "The account's name.")
    var name: String?

    @Flag(help: "Every account at once. Each is resumed by itself.")
    var all = false

    func validate() throws {
        guard all ? kind == nil : name != nil else {
            throw ValidationError("name the channel and the account, or give --all")
        }
    }

    func run() async throws {
        guard let kind, let name else {
            let answer = try await common.send("POST", ["channels", "pause"])
            return common.show(answer) { ChannelText.table(answer) }
        }
        let account = try await common.send("POST", ["channels", kind, name, "pause"])
        common.show(account) { print("`\(ChannelText.name(account))` takes no message and sends none.") }
    }
}

struct ChannelsResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Let a paused account go on.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The channel, such as slack.")
    var kind: String

    @Argument(help: "The account's name.")
    var name: String

    func run() async throws {
        let account = try await common.send("POST", ["channels", kind, name, "resume"])
        common.show(account) { print("`\(ChannelText.name(account))` is open.") }
    }
}

struct ChannelsRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget an account, with the secret that its platform signs with.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The channel, such as slack.")
    var kind: String

    @Argument(help: "The account's name.")
    var name: String

    func run() async throws {
        let answer = try await common.send("DELETE", ["channels", kind, name])
        common.show(answer) { print("`\(kind)/\(name)` is forgotten. Its connection stays.") }
    }
}

enum ChannelText {
    /// Such as `slack/help`.
    static func name(_ account: JSON) -> String {
        "\(account["kind"]?.stringValue ?? "")/\(account["name"]?.stringValue ?? "")"
    }

    private static func told(_ account: JSON) -> String {
        guard let socket = account["socket"] else { return account["hook"]?.stringValue ?? "" }
        guard socket["open"]?.text == "0" else { return "socket" }
        return "socket, not open" + (socket["reason"]?.stringValue.map { ": \($0)" } ?? "")
    }

    static func table(_ answer: JSON) {
        var table = Table(.whole("ACCOUNT"), "STATE", "CONNECTION", "UNKNOWN SENDERS", "MOST", "TOLD BY")
        for account in answer["channels"]?.arrayValue ?? [] {
            table.add(
                name(account), account["paused"]?.boolValue == true ? "paused" : "open",
                account["connection"]?.stringValue ?? "", account["unknown"]?.stringValue ?? "",
                AgentText.list(account["ceiling"]), told(account))
        }
        table.show(whenEmpty: "There are no accounts yet. Add one with `deputy channels add`.")
    }
}
