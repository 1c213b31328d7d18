import ArgumentParser
import FoundationEssentials
import Wire

struct NoticesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notices", abstract: "How people are told that something waits for them.",
        discussion: "A notice holds a link and nothing of the call. Mail is tried first, then the webhook.",
        subcommands: [
            NoticesSetCommand.self, NoticesShowCommand.self, NoticesTestCommand.self, NoticesRemoveCommand.self,
        ])
}

struct NoticesSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set the mail server or the webhook.")

    @OptionGroup var common: CommonOptions

    @Option(help: "The mail server: smtps://user@host:465, or smtp://user@host:587 with STARTTLS.")
    var smtp: String?

    @Option(help: "The sender's address.")
    var from: String?

    @Option(help: "Read the mail server's password from a file.")
    var passwordFile: String?

    @Option(help: "Trust the certificates in this PEM file instead of the system's.")
    var trustFile: String?

    @Option(help: "The webhook's address. What is posted there is signed after Standard Webhooks.")
    var webhook: String?

    @Option(help: "Read the webhook's secret (whsec_...) from a file. Without it one is made and shown once.")
    var secretFile: String?

    func validate() throws {
        guard (smtp == nil) != (webhook == nil) else { throw ValidationError("give either --smtp or --webhook") }
        guard smtp == nil || from != nil else { throw ValidationError("--smtp needs --from, the sender's address") }
    }

    func run() async throws {
        if let smtp {
            var body: JSONObject = ["server": .string(smtp), "from": .string(from ?? "")]
            if let passwordFile { body["password"] = .string(try NoticesSetCommand.line(of: passwordFile)) }
            if let trustFile { body["trusted"] = .string(try NoticesSetCommand.read(trustFile)) }
            let answer = try await common.send("POST", ["notices", "mail"], body: body)
            common.show(answer) { print("Notices go by \(answer["server"]?.stringValue ?? "").") }
        } else if let webhook {
            var body: JSONObject = ["url": .string(webhook)]
            if let secretFile { body["secret"] = .string(try NoticesSetCommand.line(of: secretFile)) }
            let answer = try await common.send("POST", ["notices", "webhook"], body: body)
            common.show(answer) {
                print("Notices go to \(webhook).")
                if let secret = answer["secret"]?.stringValue {
                    print("Its secret, shown this once: \(secret)")
                }
            }
        }
    }

    private static func read(_ file: String) throws -> String {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw CommandFailure(
                .refused, "invalid", "`\(file)` can't be read", hint: "give a text file that you may read")
        }
        return text
    }

    private static func line(of file: String) throws -> String {
        String(try read(file).split(separator: "\n", omittingEmptySubsequences: false).first ?? "")
    }
}

struct NoticesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show how people are told, and what was never delivered.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["notices"])
        common.show(answer) {
            let mail = answer["mail"]?["server"]?.stringValue
            print("Mail:    \(mail ?? "not set")")
            print("Webhook: \(answer["webhook"]?["url"]?.stringValue ?? "not set")")
            func count(_ state: String) -> Int64 { answer["counts"]?[state]?.integerValue ?? 0 }
            print("Waiting: \(count("waiting") + count("sending")); delivered: \(count("delivered"))")
            print("Never delivered: \(count("failed")); perhaps delivered: \(count("unknown"))")
        }
    }
}

struct NoticesTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a person a test notice by each way, now.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The person.")
    var person: String

    func run() async throws {
        let answer = try await common.send("POST", ["notices", "test"], body: ["person": .string(person)])
        let results = answer["results"]?.arrayValue ?? []
        common.show(answer) {
            for result in results {
                let reason = result["reason"]?.stringValue.map { ": \(Table.inert($0))" } ?? ""
                print("\(result["way"]?.stringValue ?? ""): \(result["result"]?.stringValue ?? "")\(reason)")
            }
        }
        if results.contains(where: { $0["result"]?.stringValue != "delivered" }) { throw ExitCode(1) }
    }
}

struct NoticesRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove the mail server or the webhook.")

    @OptionGroup var common: CommonOptions

    enum Way: String, CaseIterable, ExpressibleByArgument {
        case mail, webhook
    }

    @Argument(help: "mail or webhook.")
    var way: Way

    func run() async throws {
        let answer = try await common.send("DELETE", ["notices", way.rawValue])
        common.show(answer) { print("Removed \(way).") }
    }
}
