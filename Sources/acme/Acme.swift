import ArgumentParser
import ServiceLifecycle

/// Stands in for Slack, Notion, Rippling, Gmail and Google Calendar, each with its own rules, and keeps a journal.
@main
struct Acme: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acme",
        abstract: "Stands in for Slack, Notion, Rippling, Gmail and Google Calendar of the fictional company Acme.",
        discussion: "Prints one line of JSON when it listens: origins, tokens and ids. SIGTERM and SIGINT end it.")

    @OptionGroup var settings: Settings

    func run() async throws {
        do {
            if let url = settings.bareProxy { return try await BareProxy.run(to: url, logger: quietLogger()) }
            try await compose(settings).run()
        } catch let problem as FileProblem {
            throw ValidationError(problem.description)
        } catch let problem as SetupProblem {
            throw ValidationError(problem.text)
        }
    }
}

/// The command line.
struct Settings: ParsableArguments {
    @Option(help: "First port; the services, the control port and the bench port follow. 0 takes free ones.")
    var port = 0

    @Option(help: "Write the line of JSON to this file too, readable by the owner alone.")
    var ready: String?

    @Option(help: "Keep the tokens of this file: an earlier line of JSON.")
    var tokens: String?

    @Option(help: "Append each journal entry to this file before the call is answered.")
    var journal: String?

    @Flag(help: "Never answer that calls come too fast.")
    var noRateLimits = false

    @Flag(help: "Serve the echo of the benchmark.")
    var bench = false

    @Option(help: "Serve nothing but a proxy that hands every request on to this URL: the least that one costs.")
    var bareProxy: String?

    @Flag(help: "Serve the authorization servers of Google and Microsoft, and the strict one.")
    var oauth = false

    @Option(help: "Apps, people and origins of the authorization servers: a file of JSON.")
    var oauthSetup: String?

    @Flag(help: "Give Slack's history the limits of apps outside the Marketplace: 1 call a minute, 15 messages.")
    var slackNonMarketplace = false

    func validate() throws {
        guard (0...65_522).contains(port) else { throw ValidationError("`--port` must be between 0 and 65522") }
    }
}
