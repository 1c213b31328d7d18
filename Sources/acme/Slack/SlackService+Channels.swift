extension SlackService {
    func list(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = world.user(of: token)
        let arguments = try SlackArguments(call)
        let types = (arguments["types"] ?? "public_channel").split(separator: ",").map(String.init)
        let kinds = SlackChannel.Kind.allCases.filter { types.contains($0.listed) }
        for kind in kinds where !token.scopes.contains(kind.readScope) {
            throw SlackRules.missing(kind.readScope, token)
        }
        let visible = world.channels.filter { channel in kinds.contains(channel.kind) && channel.isSeen(by: user) }
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
        let user = world.user(of: token)
        let arguments = try SlackArguments(call)
        let channel = try seen(arguments["channel"], by: user)
        let needed = channel.kind.historyScope
        guard token.scopes.contains(needed) else { throw SlackRules.missing(needed, token) }
        guard user.botID == nil || channel.members.contains(user.owner) else { throw SlackRules.no("not_in_channel") }
        let isInclusive = ["1", "true"].contains(arguments["inclusive"])
        let oldest = arguments["oldest"].flatMap(Double.init)
        let latest = arguments["latest"].flatMap(Double.init)
        let wanted = world.messages(in: channel).filter { message in
            guard message.reader == nil, let time = Double(message.stamp) else { return false }
            let isAfter = oldest.map { isInclusive ? time >= $0 : time > $0 } ?? true
            let isBefore = latest.map { isInclusive ? time <= $0 : time < $0 } ?? true
            return isAfter && isBefore
        }
        let most = isOutsideMarketplace ? 15 : 999
        let (page, next) = Cursor.page(
            wanted, from: try arguments.offset(), size: try arguments.limit(fallback: 100, most: most))
        let body: JSON = [
            "ok": true, "messages": .array(page.map(\.json)), "has_more": .bool(next != nil), "pin_count": 0,
        ]
        return Answer(200, body.with("response_metadata", next.map { ["next_cursor": .string($0)] }))
    }

    /// A conversation that somebody may know of.
    func seen(_ id: String?, by user: SlackUser) throws(Answer) -> SlackChannel {
        guard let channel = world.channels.first(where: { $0.id == id }), channel.isSeen(by: user) else {
            throw SlackRules.no("channel_not_found")
        }
        return channel
    }

    static func describe(_ channel: SlackChannel, for user: SlackUser) -> JSON {
        [
            "id": .string(channel.id), "name": .string(channel.name),
            "is_channel": .bool(channel.kind == .open || channel.kind == .closed), "is_group": false,
            "is_im": .bool(channel.kind == .direct), "is_mpim": .bool(channel.kind == .few),
            "is_private": .bool(channel.kind != .open), "is_archived": .bool(channel.isArchived),
            "is_general": .bool(channel.name == "general"), "is_member": .bool(channel.members.contains(user.owner)),
            "is_ext_shared": .bool(channel.isShared), "num_members": .int(channel.members.count),
            "context_team_id": .string(SlackWorld.team),
        ]
    }
}
