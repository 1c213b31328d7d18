import ArgumentParser
import Gate

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the home's agents over MCP.")

    @OptionGroup var common: CommonOptions

    @OptionGroup var face: FaceOptions

    @Option(
        help: "A shared PostgreSQL database, if it isn't the one that the home names. With a password: DEPUTY_DATABASE."
    )
    var database: String?

    @Option(help: "How many requests a token may make in a second, over time; 0 for no bound.")
    var requestsPerSecond = 100

    @OptionGroup var observe: ObserveOptions

    @Option(help: "Seconds between two heartbeats in the ledger, by which silence shows.")
    var heartbeat = GatewayServer.defaultHeartbeat

    @Flag(help: "Let clients register themselves (RFC 7591). They can do nothing until a person lets them in.")
    var openRegistration = false

    @Flag(help: "Let providers be at http://127.0.0.1. For tests.")
    var allowLoopbackProviders = false

    func validate() throws {
        guard (1...3600).contains(heartbeat) else { throw ValidationError("--heartbeat is a number from 1 to 3600") }
        guard requestsPerSecond >= 0 else { throw ValidationError("--requests-per-second is 0 or more") }
    }

    func run() async throws {
        let metrics = try observe.metricsAddress.map {
            MetricsListener(address: $0, token: try observe.metricsToken())
        }
        let composition = try await Composition.open(
            common.paths,
            CompositionSettings(
                allowsLoopback: allowLoopbackProviders, asker: common.keyAnswers,
                allowsRegistration: openRegistration, observe: try observe.settings()),
            database: database.map(SharedDatabase.checked(argument:)))
        guard !composition.home.isDemo else {
            try await composition.close()
            throw CommandFailure(
                .homeUnusable, "demo_home", "`\(common.paths.root)` is a demo home, which isn't served",
                hint: "run `deputy demo --home \(common.paths.root)`, or make a real home with `deputy init`")
        }
        if let forked = composition.signatures.forked {
            try await composition.close()
            throw CommandFailure(
                .unproven, "forked", forked.message,
                hint:
                    "put the database of this home back, or bring an older state in with `deputy restore FILE --replace`"
            )
        }
        let served: ServedFace
        do {
            served = try face.face(configured: composition.home.publicURL, now: composition.world.now())
        } catch {
            try await composition.close()
            throw error
        }
        let server = GatewayServer(
            composition: composition, served: served, requestsPerSecond: requestsPerSecond, heartbeat: heartbeat,
            metrics: metrics, shutdownDelay: .seconds(observe.shutdownDelay),
            shutdownDeadline: .seconds(observe.shutdownDeadline))
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
            throw CommandFailure(error, listeningAt: face.host, face.port) ?? error
        }
    }
}
