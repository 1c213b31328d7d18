extension SlackService {
    func list(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = SlackWorld.user(of: token)
        let arguments = try SlackArguments(call)
        let types = (arguments["types"] ?? "public_channel").split(separator: ",").map(String.init)
        if types.contains("public_channel"), !token.scopes.contains("channels:read") {
            throw SlackRules.missing("channels:read", token)
        }
        if types.contains("private_channel"), !token.scopes.contains("groups:read") {
            throw SlackRules.missing("groups:read", token)
        }
        let visible = SlackWorld.channels.filter { channel in
            types.contains(channel.isPrivate ? "private_channel" : "public_channel") && Self.canSee(channel, user)
        }
        let (page, next) = Cursor.page(
            visible, from: try arguments.offset(), size: try arguments.limit(fallback: 100, most: 999))
        return Answer(
            200,
            [
                "ok": true, "channels": .array(page.map { Self.describe($0, for: user) }),
                "response_metadata": ["next_cursor": .string(next ?? "")],
            ])
    }

    func history(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = SlackWorld.user(of: token)
        let arguments = try SlackArguments(call)
        guard let channel = SlackWorld.channels.first(where: { $0.id == arguments["channel"] }),
            Self.canSee(channel, user)
        else { throw SlackRules.no("channel_not_found") }
        let needed = channel.isPrivate ? "groups:history" : "channels:history"
        guard token.scopes.contains(needed) else { throw SlackRules.missing(needed, token) }
        guard user.botID == nil || channel.members.contains(user.owner) else { throw SlackRules.no("not_in_channel") }
        let isInclusive = ["1", "true"].contains(arguments["inclusive"])
        let oldest = arguments["oldest"].flatMap(Double.init)
        let latest = arguments["latest"].flatMap(Double.init)
        let wanted = world.messages(in: channel).filter { message in
            guard let time = Double(message.stamp) else { return false }
            let isAfter = oldest.map { isInclusive ? time >= $0 : time > $0 } ?? true
            let isBefore = latest.map { isInclusive ? time <= $0 : time < $0 } ?? true
            return isAfter && isBefore
        }
        let most = isOutsideMarketplace ? 15 : 999
        let (page, next) = Cursor.page(
            wanted, from: try arguments.offset(), size: try arguments.limit(fallback: 100, most: most))
        let body: JSON = [
            "ok": true, "messages": .array(page.map(Self.describe)), "has_more": .bool(next != nil), "pin_count": 0,
        ]
        return Answer(200, body.with("response_metadata", next.map { ["next_cursor": .string($0)] }))
    }

    private static func canSee(_ channel: SlackWorld.Channel, _ user: SlackWorld.User) -> Bool {
        !channel.isPrivate || channel.members.contains(user.owner)
    }

    private static func describe(_ channel: SlackWorld.Channel, for user: SlackWorld.User) -> JSON {
        [
            "id": .string(channel.id), "name": .string(channel.name), "is_channel": true, "is_group": false,
            "is_im": false, "is_private": .bool(channel.isPrivate), "is_archived": false,
            "is_general": .bool(channel.name == "general"), "is_member": .bool(channel.members.contains(user.owner)),
            "num_members": .int(channel.members.count), "context_team_id": .string(SlackWorld.team),
        ]
    }

    static func describe(_ message: SlackWorld.Message) -> JSON {
        let body: JSON = [
            "type": "message", "user": .string(message.user.id), "text": .string(message.text),
            "ts": .string(message.stamp), "team": .string(SlackWorld.team),
        ]
        guard let bot = message.user.botID else { return body.with("thread_ts", message.thread.map(JSON.string)) }
        return body.with("bot_id", .string(bot)).with("app_id", .string(SlackWorld.app))
            .with("thread_ts", message.thread.map(JSON.string))
    }
}
