/// An app that is told what happens: one for each agent.
struct SlackApp: Sendable {
    /// Its bot's name, by which the journal has it.
    let owner: String
    let signingSecret: String
    /// Where events and presses go; on this machine. Nil when they go over sockets that the app opens.
    let requestURL: String?
    let events: Set<String>
    /// How long Slack waits before each time that it tells an event again.
    let retries: [Duration]
    /// How long it waits for an answer.
    let patience: Duration

    static let scopes: Set<String> = [
        "app_mentions:read", "chat:write", "im:history", "im:write", "mpim:history", "mpim:write", "mpim:read",
        "channels:read", "groups:read", "im:read", "users:read", "users:read.email", "files:read", "files:write",
    ]

    /// Reads `{"owner", "request_url", "signing_secret", "events", "retry_milliseconds", "patience_milliseconds"}`; the
    /// first two must be there, or `socket_mode` instead of an URL.
    init(_ body: JSON) throws(SetupProblem) {
        guard let owner = body["owner"]?.text, !owner.isEmpty else { throw SetupProblem("`owner` must be a string") }
        let url = body["request_url"]?.text
        guard url.map(Self.isHere) ?? (body["socket_mode"]?.truth == true) else {
            throw SetupProblem("`request_url` must be an http address of this machine's loopback")
        }
        self.owner = owner
        requestURL = url
        signingSecret = body["signing_secret"]?.text ?? SecretShape.slackSigning.mint()
        events = Set(
            body["events"]?.items?.compactMap(\.text) ?? ["app_mention", "message.im", "message.mpim"])
        retries = (body["retry_milliseconds"]?.items?.compactMap(\.int) ?? [0, 60_000, 300_000])
            .map { .milliseconds($0) }
        patience = .milliseconds(body["patience_milliseconds"]?.int ?? 3_000)
    }

    var id: String { SlackWorld.app(of: owner) }

    var user: SlackUser {
        let user = SlackWorld.user(owner)
        return SlackUser(
            owner: owner, id: user.id, name: user.name, botID: SlackWorld.bot(of: owner), appID: id)
    }

    private static func isHere(_ url: String) -> Bool {
        ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].contains { url.hasPrefix($0) }
            && !url.contains("@")
    }
}
