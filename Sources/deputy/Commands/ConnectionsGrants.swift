import ArgumentParser
import Wire

/// How an agent's connection gets its tokens where nobody pastes one.
struct GrantOptions: ParsableArguments {
    @Flag(help: "The agent is our app itself: its tokens are asked for with the app's own secret or key.")
    var clientCredentials = false

    @Option(help: "The agent is a Google service account: the JSON key file of one.")
    var serviceAccount: String?

    @Flag(help: "The provider trusts our app's key: its tokens are asked for with an assertion that this key signs.")
    var assertion = false

    @Option(
        help:
            "With --service-account, or --assertion for an agent: which account of its own it acts as. Never a person.")
    var subject: String?

    @Option(help: "With --service-account: when its key ends, a day such as 2027-05-31.")
    var keyExpires: String?

    @Flag(help: "Somebody allows it on another device, with a code that is shown here.")
    var device = false

    @Option(
        help: ArgumentHelp(
            "With --device: the account to keep, by its address or id. Without it you are asked. Another is given back.",
            valueName: "account"))
    var yes: String?

    @Option(
        help: ArgumentHelp(
            "With --device: the connection whose place it takes, or `none`. Without it the only one there is.",
            valueName: "connection"))
    var replaces: String?

    @Option(
        help: ArgumentHelp(
            "With --yes: the account whose place it may take, by its address or id, where that is another.",
            valueName: "account"))
    var insteadOf: String?

    @Option(help: "A scope to ask for; several times. Without it what the provider's tools need.")
    var scope: [String] = []

    var isGiven: Bool { clientCredentials || serviceAccount != nil || assertion || device }

    func check(agent: String?, secretFile: String?) throws {
        guard [clientCredentials, serviceAccount != nil, assertion, device].filter({ $0 }).count <= 1 else {
            throw ValidationError("give one of --client-credentials, --service-account, --assertion and --device")
        }
        guard subject == nil || serviceAccount != nil || assertion else {
            throw ValidationError("--subject says whom the agent acts as: give --service-account or --assertion too")
        }
        guard keyExpires == nil || serviceAccount != nil else {
            throw ValidationError("--key-expires is of a service account's key: give --service-account too")
        }
        guard device || (yes == nil && replaces == nil && insteadOf == nil) else {
            throw ValidationError("--yes, --replaces and --instead-of are of a device's account: give --device too")
        }
        guard insteadOf == nil || yes != nil else {
            throw ValidationError("--instead-of goes with --yes: without it you are asked")
        }
        guard !device || yes != nil || Terminal.canAsk else {
            throw ValidationError(
                "nothing is kept without a yes, and there is no terminal to ask you at: give --yes with the account")
        }
        guard isGiven else {
            guard scope.isEmpty else { throw ValidationError("--scope is for grants: a pasted secret has its own") }
            return
        }
        guard agent != nil || assertion else {
            throw ValidationError(
                "people connect their accounts in the browser: these grants are for agents, with --agent")
        }
        guard secretFile == nil else { throw ValidationError("a grant needs no --secret-file") }
    }
}

extension ConnectionsAddCommand {
    /// Connects without a pasted secret.
    func grant() async throws -> JSON {
        var body: JSONObject = ["provider": .string(provider), "scopes": .array(grants.scope.map { .string($0) })]
        body["agent"] = agent.map { .string($0) }
        body["person"] = person.map { .string($0) }
        if sharedWithOwner { body["sharedWithOwner"] = true }
        if let file = grants.serviceAccount {
            body["key"] = .string(try SecretInput.read(from: file, for: provider))
            body["file"] = .string(file)
            body["keyEnds"] = try grants.keyExpires.map { .string("\(try Moment.end($0, as: "--key-expires"))") }
            body["subject"] = grants.subject.map { .string($0) }
            return try await common.send("POST", ["connections", "service-account"], body: body)
        }
        if grants.assertion {
            body["subject"] = grants.subject.map { .string($0) }
            return try await common.send("POST", ["connections", "assertion"], body: body)
        }
        guard grants.device else {
            return try await common.send("POST", ["connections", "client-credentials"], body: body)
        }
        return try await byDevice(body)
    }
}
