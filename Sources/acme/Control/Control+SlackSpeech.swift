/// Somebody does something in Slack, and the apps that are there are told.
extension Control {
    /// `{"by", "channel", "text"}`, and `thread`, `files`, `fault`, `reversed`, `held`. Instead of a channel, `to` names
    /// the app or the people of a conversation of few. `@NAME` in the text is a mention.
    func sayInSlack(_ call: Call) async throws(Answer) -> Answer {
        let body = try body(call)
        let user = world.slack.user(try text("by", in: body))
        let channel = try place(body, of: user)
        var draft = SlackMessage(user: user, text: written(body["text"]?.text ?? ""))
        draft.thread = body["thread"]?.text
        draft.files = (body["files"]?.items ?? []).enumerated().map { number, file in
            let id = file["id"]?.text ?? "F07FILE\(number)"
            let kept = SlackFile(file, id: id, by: user, in: channel)
            if let kept { world.slack.step { $0.files[id] = kept } }
            return file.with("id", .string(id)).with("mode", "hosted").with("content", nil).with("bytes", nil)
                .with("size", kept.map { .int($0.bytes.count) } ?? file["size"])
                .with("url_private", .string("https://files.slack.com/files-pri/\(number)"))
        }
        let message = world.slack.post(draft, to: channel)
        let told = try await tell(body, in: channel) { SlackEvents.about(message, in: channel, for: $0) }
        return Answer(200, ["channel": .string(channel.id), "ts": .string(message.stamp), "told": told])
    }

    /// `{"channel", "ts", "text"}`, and `fault`, `reversed`, `held`.
    func editInSlack(_ call: Call) async throws(Answer) -> Answer {
        let body = try body(call)
        let channel = try channel(body["channel"])
        let text = written(try text("text", in: body))
        var after: SlackMessage?
        let before = world.slack.change(try self.text("ts", in: body), in: channel) { message in
            var message = message
            message.text = text
            message.edited = SlackMessage.stamp(message.time + 1_000_000)
            after = message
            return message
        }
        guard let before, let after else { throw Self.no(404, "no such message") }
        let told = try await tell(body, in: channel) { SlackEvents.edited(after, from: before, in: channel, for: $0) }
        return Answer(200, ["told": told])
    }

    /// `{"channel", "ts"}`, and `fault`, `reversed`, `held`.
    func deleteInSlack(_ call: Call) async throws(Answer) -> Answer {
        let body = try body(call)
        let channel = try channel(body["channel"])
        guard let before = world.slack.change(try text("ts", in: body), in: channel, { _ in nil }) else {
            throw Self.no(404, "no such message")
        }
        let told = try await tell(body, in: channel) { SlackEvents.deleted(before, in: channel, for: $0) }
        return Answer(200, ["told": told])
    }

    /// `{"by", "channel", "ts", "action"}`, and `value`, for a button that isn't there, and `fault`.
    func pressInSlack(_ call: Call) async throws(Answer) -> Answer {
        let body = try body(call)
        let user = world.slack.user(try text("by", in: body))
        let channel = try channel(body["channel"])
        let stamp = try text("ts", in: body)
        guard let message = world.slack.messages(in: channel).first(where: { $0.stamp == stamp }),
            message.reader.map({ $0 == user.id }) ?? channel.isSeen(by: user),
            let app = world.slack.app(message.user.owner)
        else { throw Self.no(404, "no such message of an app's, for `\(user.owner)`") }
        let press = SlackPresses.press(
            try text("action", in: body), value: body["value"]?.text, on: message, in: channel, by: user, of: app)
        guard let press else { throw Self.no(404, "no such button") }
        let told = await world.slackTeller.tell(SlackNews(press: press, to: app, fault: try fault(body)))
        return Answer(200, ["told": .array([told])])
    }

    /// `{"app", "event"}`: an event as it is given, and `fault`.
    func tellInSlack(_ call: Call) async throws(Answer) -> Answer {
        let body = try body(call)
        guard let app = world.slack.app(try text("app", in: body)), let event = body["event"] else {
            throw Self.no(404, "`app` must be an app's, and `event` an object")
        }
        let id = Self.eventID()
        let whole = SlackEvents.envelope(event, id: id, for: app, isShared: body["shared"]?.truth ?? false)
        let told = await world.slackTeller.tell(SlackNews(event: whole, id: id, to: app, fault: try fault(body)))
        return Answer(200, ["told": .array([told])])
    }

    /// Tells what was held, the last first if `reversed`.
    func releaseInSlack(_ call: Call) async throws(Answer) -> Answer {
        let isReversed = try body(call)["reversed"]?.truth ?? false
        let held = world.slackTeller.release()
        var told: [JSON] = []
        for news in isReversed ? held.reversed() : held { told.append(await world.slackTeller.tell(news)) }
        return Answer(200, ["told": .array(told)])
    }

    private func tell(
        _ body: JSON, in channel: SlackChannel, _ events: (SlackApp) -> [JSON]
    ) async throws(Answer) -> JSON {
        let fault = try fault(body)
        var news: [SlackNews] = []
        for app in world.slack.apps {
            for event in events(app) {
                let id = Self.eventID()
                let whole = SlackEvents.envelope(event, id: id, for: app, isShared: channel.isShared)
                news.append(SlackNews(event: whole, id: id, to: app, fault: fault))
            }
        }
        if body["reversed"]?.truth == true { news.reverse() }
        if body["held"]?.truth == true {
            world.slackTeller.hold(news)
            return .array([])
        }
        var told: [JSON] = []
        for item in news { told.append(await world.slackTeller.tell(item)) }
        return .array(told)
    }

    private func place(_ body: JSON, of user: SlackUser) throws(Answer) -> SlackChannel {
        guard let others = body["to"] else {
            let channel = try channel(body["channel"])
            guard channel.members.contains(user.owner) else { throw Self.no(403, "`\(user.owner)` isn't there") }
            return channel
        }
        let owners = others.text.map { [$0] } ?? (others.items ?? []).compactMap(\.text)
        guard !owners.isEmpty else { throw Self.no(400, "`to` must name somebody") }
        return world.slack.conversation(of: Set(owners + [user.owner]))
    }

    /// What somebody typed as Slack writes it: escaped, with addresses and `@NAME` in angle brackets.
    private func written(_ text: String) -> String {
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        let linked = escaped.split(separator: " ", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("https://") || $0.hasPrefix("http://") ? "<\($0)>" : String($0) }
            .joined(separator: " ")
        let users = world.slack.step { $0.users }.sorted { $0.owner.count > $1.owner.count }
        return users.reduce(linked) { $0.replacing("@\($1.owner)", with: "<@\($1.id)>") }
    }

    private func fault(_ body: JSON) throws(Answer) -> SlackFault? {
        guard let name = body["fault"]?.text else { return nil }
        guard let fault = SlackFault(rawValue: name) else {
            throw Self.no(400, "`fault` must be one of \(SlackFault.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return fault
    }

    private static func eventID() -> String {
        "Ev07" + SecretShape.code.mint().prefix(8).uppercased()
    }
}
