extension SlackService {
    func postMessage(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = SlackWorld.user(of: token)
        let arguments = try SlackArguments(call)
        let wanted = arguments["channel"]
        let channel = SlackWorld.channels.first { $0.id == wanted || $0.name == wanted || "#\($0.name)" == wanted }
        guard let channel, !channel.isPrivate || channel.members.contains(user.owner) else {
            throw SlackRules.no("channel_not_found")
        }
        guard channel.members.contains(user.owner) else { throw SlackRules.no("not_in_channel") }
        guard let text = arguments["text"], !text.isEmpty else { throw SlackRules.no("no_text") }
        guard text.unicodeScalars.count <= 40_000 else { throw SlackRules.no("msg_too_long") }
        let message = world.post(text, to: channel, by: user, thread: arguments["thread_ts"])
        let body: JSON = [
            "ok": true, "channel": .string(channel.id), "ts": .string(message.stamp),
            "message": Self.describe(message),
        ]
        // Slack warns about JSON sent without a charset, and takes it all the same.
        let type = call.contentType
        guard type.hasPrefix("application/json"), !type.contains("charset") else { return Answer(200, body) }
        return Answer(
            200,
            body.with("warning", "missing_charset")
                .with("response_metadata", ["warnings": ["missing_charset"]]))
    }
}
