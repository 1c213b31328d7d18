/// What somebody said.
struct SlackMessage: Sendable {
    let user: SlackUser
    var text: String
    /// Unix time in microseconds, unique in the workspace; Slack shows it as seconds with six decimals.
    var time = 0
    var thread: String?
    var blocks: JSON?
    var files: [JSON] = []
    /// Who alone sees it; nil for everybody there.
    var reader: String?
    /// When it was changed; nil if it never was.
    var edited: String?

    var stamp: String { Self.stamp(time) }

    static func stamp(_ time: Int) -> String {
        let micros = String(time % 1_000_000)
        return "\(time / 1_000_000)." + String(repeating: "0", count: 6 - micros.count) + micros
    }

    /// As history and events show it.
    var json: JSON {
        let body: JSON = [
            "type": "message", "user": .string(user.id), "text": .string(text), "ts": .string(stamp),
            "team": .string(user.team),
        ]
        return body.with("bot_id", user.botID.map(JSON.string)).with("app_id", user.appID.map(JSON.string))
            .with("thread_ts", thread.map(JSON.string)).with("blocks", blocks)
            .with("files", files.isEmpty ? nil : .array(files))
            .with("edited", edited.map { ["user": .string(user.id), "ts": .string($0)] })
    }
}
