import ArgumentParser
import FoundationEssentials
import Glibc
import Wire

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Play the story of Acme: three agents, four people, and whose account each call uses.",
        discussion: """
            Starts `acme`, which stands in for Slack, Notion, Rippling, Gmail and Google Calendar, sets up a home, and \
            makes each call over MCP. A step passes on acme's own journal and the ledger, never on what Deputy says of \
            itself. At a terminal you can be Carol, who connects her account in a browser. Then it keeps serving; \
            with --once it does all of it by itself.
            """)

    @OptionGroup var common: CommonOptions

    @Flag(help: "Stop after the story. Exit 0 only if every step came out as told.")
    var once = false

    @Option(help: "The port to serve at; 0 takes a free one.")
    var port = 0

    @Option(help: ArgumentHelp("Write the URL and a token each for alice and bob to this file.", valueName: "file"))
    var credentials: String?

    func run() async throws {
        let isTemporary = common.home == nil
        let root =
            common.home ?? FileManager.default.temporaryDirectory.path + "/deputy-demo-" + Hex.encode(randomBytes(6))
        let paths = HomePaths(root: root)
        let acme = try await AcmeProcess.start(in: paths)
        defer {
            acme.stop()
            if isTemporary { try? FileManager.default.removeItem(atPath: root) }
        }
        let world = try await DemoWorld.prepare(paths, acme)
        let server = GatewayServer(composition: world.composition, served: try .here(port: port))
        let result = StoryResult()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (urls, ready) = AsyncStream.makeStream(of: String.self)
                group.addTask { try await server.run { ready.yield($0) } }
                for await url in urls {
                    try writeCredentials(url, world.tokens)
                    try await world.registerApp(with: acme)
                    let isByHand = !once && !common.json && Terminal.canAsk && isatty(STDOUT_FILENO) == 1
                    let story = Story(world: world, acme: acme, url: url, isQuiet: common.json, isByHand: isByHand)
                    result.keep(try await story.play())
                    break
                }
                if once {
                    group.cancelAll()
                } else if !common.json {
                    print("\nServing. Press Ctrl-C to stop.")
                    FileHandleOutput.flush()
                }
                try await group.waitForAll()
            }
        } catch is CancellationError {
            // The end of `--once`.
        }
        try report(result.steps)
    }

    private func report(_ steps: [StoryStep]) throws {
        let failed = steps.filter { !$0.hasPassed }
        if common.json {
            print(
                JSON.object([
                    "passed": .bool(failed.isEmpty && !steps.isEmpty), "steps": .array(steps.map(\.json)),
                ]).pretty())
        } else if once {
            print("\n\(steps.count - failed.count) of \(steps.count) steps came out as told.")
        }
        FileHandleOutput.flush()
        if !failed.isEmpty || steps.isEmpty { throw ExitCode(CommandExit.unproven.rawValue) }
    }

    private func writeCredentials(_ url: String, _ tokens: [String: String]) throws {
        guard let credentials else { return }
        let value: JSON = [
            "url": .string(url),
            "people": .object(
                JSONObject(["alice", "bob"].compactMap { name in tokens[name].map { (name, .string($0)) } })),
        ]
        try PrivateFile.write(Array((value.pretty() + "\n").utf8), to: credentials)
    }
}
