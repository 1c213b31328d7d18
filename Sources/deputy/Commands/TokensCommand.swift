import ArgumentParser
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Registry
import Wire

struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens", abstract: "Tokens with which MCP clients and programs reach agents for a person.",
        subcommands: [
            TokensCreateCommand.self, TokensTakeUpCommand.self, TokensListCommand.self, TokensShowCommand.self,
            TokensRevokeCommand.self,
        ])
}

struct TokensCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a code with which a person takes up a token for some agents.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The person whom the token speaks for.")
    var person: String

    @Option(help: "An agent that it reaches. May be given several times.")
    var agent: [String]

    @Option(name: .customLong("for"), help: "Where it is taken: mcp to call tools, api to talk to agents.")
    var surface = "mcp"

    @Option(help: "What it is for.")
    var label = ""

    @Option(help: "How many days it lasts.")
    var days = 30

    func validate() throws {
        guard (1...365).contains(days) else { throw ValidationError("--days is a number from 1 to 365") }
        guard ["mcp", "api"].contains(surface) else { throw ValidationError("--for is mcp or api") }
    }

    func run() async throws {
        let answer = try await common.send(
            "POST", ["tokens"],
            body: [
                "person": .string(person), "agents": .array(agent.map { .string($0) }), "label": .string(label),
                "seconds": .number(JSONNumber(days * 86_400)), "for": .string(surface),
            ])
        common.show(answer) {
            if let code = answer["code"]?.stringValue {
                print("A code for `\(person)` to take up the token with, once, within a day:\n\n  \(code)\n")
                print("They take it up on their page Tokens, or with: deputy tokens take-up CODE --url http://GATEWAY")
            } else {
                print("This is a demo home, so the token for `\(person)` works at once:\n")
                print("  \(answer["token"]?.stringValue ?? "")\n")
            }
            print("It is shown only now. Its id is \(answer["id"]?.stringValue ?? "").")
        }
    }
}

struct TokensTakeUpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take-up", abstract: "Take up the token that a code was made for. It is shown once.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The code.")
    var code: String

    @Option(help: "The gateway, such as https://deputy.example. Without it the home on this machine.")
    var url: String?

    func run() async throws {
        let answer =
            if let url {
                try await overHTTP(url)
            } else {
                try await common.send("POST", ["tokens", "take-up"], body: ["code": .string(code)])
            }
        common.show(answer) {
            print("Your token for \(AgentText.list(answer["agents"])), shown only now:\n")
            print("  \(answer["token"]?.stringValue ?? "")\n")
            print("Taking it up, you agreed to what these agents do now; a wider edit asks you again.")
        }
    }

    private func overHTTP(_ url: String) async throws -> JSON {
        let url = try PublicURL.parse(url, as: "--url")
        var request = HTTPClientRequest(url: url + "/v1/tokens/take-up")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(JSON.object(["code": .string(code)]).bytes())
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            let body = try JSON.parse(Array(try await response.body.collect(upTo: 1 << 20).readableBytesView))
            guard response.status == .ok else {
                throw CommandFailure(
                    .refused, body["error"]?["code"]?.stringValue ?? "failed",
                    body["error"]?["message"]?.stringValue ?? "HTTP \(response.status.code)",
                    hint: body["error"]?["hint"]?.stringValue)
            }
            return body
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.refused, "unreachable", "there is no gateway at `\(url)`", hint: "check the URL")
        }
    }
}

struct TokensListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the tokens.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try await common.send("GET", ["tokens"])
        common.show(answer) {
            var table = Table(.whole("ID"), "PERSON", "AGENTS", "LABEL", "STATE", "EXPIRES")
            for token in answer["tokens"]?.arrayValue ?? [] {
                let isForAPI = token["for"]?.stringValue == TokenSurface.api.rawValue
                table.add(
                    token["id"]?.stringValue ?? "", token["person"]?.stringValue ?? "",
                    AgentText.list(token["agents"]) + (isForAPI ? " (api)" : ""), token["label"]?.stringValue ?? "",
                    token["state"]?.stringValue ?? "", Moment.left(until: token["expires"]?.integerValue ?? 0))
            }
            table.show(whenEmpty: "There are no tokens yet. Make one with `deputy tokens create`.")
        }
    }
}

struct TokensShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one token: whom it speaks for and which agents it reaches. Never itself.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The token's id.")
    var id: String

    func run() async throws {
        let token = try await common.one("token", id, of: "tokens")
        common.show(token) {
            var fields = Fields()
            fields.add("token", token["id"]?.stringValue)
            fields.add("person", token["person"]?.stringValue)
            fields.add("agents", AgentText.list(token["agents"]))
            fields.add("for", token["for"]?.stringValue)
            fields.add("label", token["label"]?.stringValue)
            fields.add("state", token["state"]?.stringValue)
            fields.add("expires", token["expires"]?.integerValue.map { Moment.text($0) + " UTC" })
            fields.show()
        }
    }
}

struct TokensRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a token. It fails from the next call on.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The token's id.")
    var id: String

    func run() async throws {
        let answer = try await common.send("DELETE", ["tokens", id])
        common.show(answer) { print("Revoked \(id).") }
    }
}
