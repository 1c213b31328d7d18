import ArgumentParser
import Authority
import Channels
import Turns
import Wire

struct ChannelsManifestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manifest", abstract: "Print the manifest from which Slack makes an agent's own app.",
        discussion: """
            Give it to Slack at https://api.slack.com/apps: Create New App, From a manifest. Nothing of a home is read.
            """)

    @Argument(help: "What the account is to be called, such as `help`.")
    var name: String

    @Option(help: "What people see, 35 characters at the most.")
    var shown: String

    @Option(name: .customLong("public-url"), help: "The gateway as Slack reaches it, such as https://deputy.acme.test.")
    var publicURL: String?

    @Flag(help: "Events come over a socket that the gateway opens; it needs no public URL then.")
    var socketMode = false

    @Option(
        name: .customLong("redirect-uri"),
        help:
            "The account is connected in the browser: where Slack sends it back, as `deputy apps list` shows. Its tokens are renewed then."
    )
    var redirectURI: String?

    @Flag(
        name: .customLong("match-directory"),
        help: "Ask to see mail addresses, so that senders are people by the one that the workspace confirmed.")
    var matchesDirectory = false

    func validate() throws {
        guard socketMode != (publicURL != nil) else {
            throw ValidationError("give --public-url, where Slack posts events, or --socket-mode")
        }
    }

    func run() async throws {
        let organization = OrganizationID("")
        let manifest = SlackManifest(
            name: shown, publicURL: try publicURL.map { try PublicURL.parse($0, as: "--public-url") } ?? "",
            account: ChannelAccountID(organization: organization, kind: .slack, name: name),
            delivery: socketMode ? .socket : .hook, redirect: redirectURI, readsAddresses: matchesDirectory)
        print(manifest.json.pretty())
    }
}
