import ArgumentParser
import Gateway
import Wire

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the home's agents over MCP.")

    @OptionGroup var common: CommonOptions

    @Option(help: "The address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 takes a free one.")
    var port = 8780

    @Option(
        help: "How the world reaches this gateway, such as https://deputy.example. Without it as `init` was told.")
    var publicURL: String?

    @Option(help: "How many requests a token may make in a second, over time; 0 for no bound.")
    var requestsPerSecond = 100

    @Flag(help: "Let providers be at http://127.0.0.1. For tests.")
    var allowLoopbackProviders = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535") }
        guard requestsPerSecond >= 0 else { throw ValidationError("--requests-per-second is 0 or more") }
        if let publicURL, WebOrigin(publicURL) == nil {
            throw ValidationError(
                "`\(publicURL)` isn't an address that people can open: write https://host or https://host:port")
        }
    }

    func run() async throws {
        let composition = try await Composition.open(
            common.paths, CompositionSettings(allowsLoopback: allowLoopbackProviders))
        guard !composition.home.isDemo else {
            try await composition.close()
            throw CommandFailure(
                .homeUnusable, "demo_home", "`\(common.paths.root)` is a demo home, which isn't served",
                hint: "run `deputy demo --home \(common.paths.root)`, or make a real home with `deputy init`")
        }
        let server = GatewayServer(
            composition: composition, host: host, port: port, publicURL: publicURL.flatMap { WebOrigin($0)?.text },
            requestsPerSecond: requestsPerSecond)
        do {
            try await server.run { url in
                print("deputy serves \(url)/mcp/AGENT")
                print("people answer at \(url)/, signed in by the link of `deputy login NAME`")
                if composition.unknownCalls > 0 {
                    print("\(composition.unknownCalls) calls had no recorded outcome; they are marked unknown.")
                }
                FileHandleOutput.flush()
            }
        } catch {
            throw CommandFailure(error, listeningAt: host, port) ?? error
        }
    }
}
