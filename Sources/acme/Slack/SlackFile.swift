/// A file that somebody shared, and where.
struct SlackFile: Sendable {
    let id: String
    let name: String
    let type: String
    let bytes: [UInt8]
    let user: SlackUser
    let channel: String

    /// As it is given to `/slack/say`: `content`, or `bytes` where it is no text, with `name` and `mimetype`.
    init?(_ body: JSON, id: String, by user: SlackUser, in channel: SlackChannel) {
        guard
            let content = body["content"]?.text.map({ Array($0.utf8) })
                ?? body["bytes"]?.items.map({ $0.compactMap { $0.int.flatMap { UInt8(exactly: $0) } } })
        else { return nil }
        self.id = id
        name = body["name"]?.text ?? id
        type = body["mimetype"]?.text ?? "text/plain"
        bytes = content
        self.user = user
        self.channel = channel.id
    }
}
