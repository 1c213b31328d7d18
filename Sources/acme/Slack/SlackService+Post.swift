extension SlackService {
    func postMessage(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = world.user(of: token)
        let arguments = try SlackArguments(call)
        let channel = try target(arguments["channel"], for: user)
        var draft = try draft(arguments, by: user)
        draft.thread = arguments["thread_ts"]
        let message = world.post(draft, to: channel)
        return warned(
            call,
            [
                "ok": true, "channel": .string(channel.id), "ts": .string(message.stamp), "message": message.json,
            ])
    }

    /// Shows something to one who is there.
    func postEphemeral(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = world.user(of: token)
        let arguments = try SlackArguments(call)
        let channel = try target(arguments["channel"], for: user)
        guard let reader = world.user(id: arguments["user"]), channel.members.contains(reader.owner) else {
            throw SlackRules.no("user_not_in_channel")
        }
        var draft = try draft(arguments, by: user)
        draft.thread = arguments["thread_ts"]
        draft.reader = reader.id
        let isSeen =
            draft.thread.map { thread in
                world.messages(in: channel).contains { $0.thread == thread && $0.reader == nil }
            } ?? true
        let message = world.post(draft, to: channel)
        // In a thread without an answer nobody is shown it, and the app isn't told.
        if !isSeen { _ = world.change(message.stamp, in: channel) { _ in nil } }
        return warned(call, ["ok": true, "message_ts": .string(message.stamp)])
    }

    /// Changes a message of the caller's own; what one alone sees can't be changed.
    func update(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = world.user(of: token)
        let arguments = try SlackArguments(call)
        let channel = try seen(arguments["channel"], by: user)
        let draft = try draft(arguments, by: user)
        let before = world.messages(in: channel).first { $0.stamp == arguments["ts"] && $0.reader == nil }
        guard let before else { throw SlackRules.no("message_not_found") }
        guard before.user.id == user.id else { throw SlackRules.no("cant_update_message") }
        _ = world.change(before.stamp, in: channel) { message in
            var message = message
            message.text = draft.text
            message.blocks = draft.blocks
            message.edited = before.stamp
            return message
        }
        return warned(
            call,
            [
                "ok": true, "channel": .string(channel.id), "ts": .string(before.stamp), "text": .string(draft.text),
            ])
    }

    private func draft(_ arguments: SlackArguments, by user: SlackUser) throws(Answer) -> SlackMessage {
        let text = arguments["text"] ?? ""
        let blocks = try arguments.blocks()
        guard !text.isEmpty || blocks != nil else { throw SlackRules.no("no_text") }
        guard text.unicodeScalars.count <= 40_000 else { throw SlackRules.no("msg_too_long") }
        return SlackMessage(user: user, text: text, blocks: blocks)
    }

    /// Slack warns about JSON sent without a charset, and takes it all the same.
    private func warned(_ call: Call, _ body: JSON) -> Answer {
        let type = call.contentType
        guard type.hasPrefix("application/json"), !type.contains("charset") else { return Answer(200, body) }
        return Answer(
            200,
            body.with("warning", "missing_charset")
                .with("response_metadata", ["warnings": ["missing_charset"]]))
    }
}
