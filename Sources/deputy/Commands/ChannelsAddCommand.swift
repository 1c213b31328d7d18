import ArgumentParser
import Authority
import Turns
import Wire

struct ChannelsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an account by which people reach agents.",
        discussion: """
            Bindings say which agent gets its messages: `deputy bindings explain`. What Slack signs with, or with \
            `--socket-mode` the app-level token, is read from a file, from standard input, or asked for.
            """)

    private static var kinds: String {
        ChannelKind.allCases.filter(\.nature.trigger.isAttended).map(\.rawValue).joined(separator: ", ")
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The channel: \(ChannelsAddCommand.kinds)."))
    var kind: String

    @Argument(help: "What the account is called in bindings, such as `help`.")
    var name: String

    @Option(help: "The agent's own connection that answers are sent with.")
    var connection: String?

    @Option(help: "Slack: the app, such as A0123456789.")
    var appID: String?

    @Option(help: "Slack: the workspace, such as T0123456789.")
    var team: String?

    @Option(help: "Slack: the app's own user, such as U0123456789.")
    var user: String?

    @Option(help: "Slack: the app's own bot, such as B0123456789.")
    var botID: String?

    @Option(help: "Slack: the organization that the workspace is in, such as E0123456789.")
    var enterprise: String?

    @Flag(help: "Slack: the gateway opens sockets to Slack, with an app-level token, and nothing has to reach it.")
    var socketMode = false

    @Option(help: "Mail: the name by which your server writes Authentication-Results, such as mx.acme.test.")
    var authservID: String?

    @Option(help: "A setting of the channel's own, such as `team=T0123456789`. May be given several times.")
    var set: [String] = []

    @Option(
        help:
            "Senders that nobody is known by: refuse tells them so, link has them show who they are, guest gives them what the agent gives guests."
    )
    var unknown: String?

    @Flag(
        name: .customLong("match-directory"),
        help: "Slack: senders are people by the mail address that the workspace confirmed; guests never are.")
    var matchesDirectory = false

    @Option(help: "A bot whose messages may start turns, such as slack:T1/B1. May be given several times.")
    var bot: [String] = []

    @Option(help: "What may be done through it at the most, such as `read`. May be given several times.")
    var ceiling: [String] = []

    @Option(
        help:
            "Read the signing secret, or the app-level token, from a file. Without it from standard input, or asked for."
    )
    var secretFile: String?

    /// Those of options, and those that are set by name.
    private func settings() throws -> JSONObject {
        let named = [
            ("app", appID), ("team", team), ("user", user), ("bot", botID), ("enterprise", enterprise),
            ("authserv-id", authservID), ("delivery", socketMode ? "socket" : nil),
        ].compactMap { key, value in value.map { (key, $0) } }
        let set = try set.map { word in
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw ValidationError("`\(word)` sets nothing: write `--set KEY=VALUE`")
            }
            return (parts[0], parts[1])
        }
        let all = named + set
        if let twice = Dictionary(grouping: all, by: \.0).first(where: { $0.value.count > 1 })?.key {
            throw ValidationError("`\(twice)` is given twice")
        }
        return JSONObject(all.map { ($0.0, JSON.string($0.1)) })
    }

    func run() async throws {
        let nature = ChannelKind(rawValue: kind)?.nature
        var body: JSONObject = [
            "kind": .string(kind), "name": .string(name), "bots": .array(bot.map { .string($0) }),
            "ceiling": .array(ceiling.map { .string($0) }),
            "settings": .object(try settings()),
        ]
        body["connection"] = connection.map { .string($0) }
        body["unknown"] = unknown.map { .string($0) }
        if matchesDirectory { body["matches_directory"] = true }
        if nature?.isSigned ?? false || secretFile != nil {
            body["secret"] = .string(try SecretInput.read(from: secretFile, for: "\(kind)/\(name)"))
        }
        let account = try await common.send("POST", ["channels"], body: body)
        common.show(account) {
            print("`\(ChannelText.name(account))` is set up.")
            if let hook = account["hook"]?.stringValue {
                print("Tell the platform the request URL \(hook)")
            } else if nature?.connection == .mailbox {
                print("Mail that comes from now on is read while the gateway runs, once a binding says whose it is.")
            } else if socketMode {
                print(
                    "Its platform tells over a socket, which a running gateway opens: see it with `deputy channels list`."
                )
            } else if nature?.isSigned ?? false {
                print(
                    "Next: start the gateway, and see with `deputy channels list` which request URL its platform needs."
                )
            }
        }
    }
}
