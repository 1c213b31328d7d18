extension SlackService {
    /// Opens the caller's conversation with one or a few.
    func open(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = world.user(of: token)
        let arguments = try SlackArguments(call)
        if let id = arguments["channel"] { return opened(try seen(id, by: user), for: user) }
        let ids = (arguments["users"] ?? "").split(separator: ",").map(String.init)
        guard !ids.isEmpty else { throw SlackRules.no("users_list_not_supplied") }
        guard ids.count <= 8 else { throw SlackRules.no("too_many_users") }
        let needed = ids.count == 1 ? "im:write" : "mpim:write"
        guard token.scopes.contains(needed) else { throw SlackRules.missing(needed, token) }
        var owners: Set<String> = [user.owner]
        for id in ids { owners.insert(try person(id, besides: user).owner) }
        return opened(world.conversation(of: owners), for: user)
    }

    func info(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = world.user(of: token)
        let channel = try seen(try SlackArguments(call)["channel"], by: user)
        guard token.scopes.contains(channel.kind.readScope) else {
            throw SlackRules.missing(channel.kind.readScope, token)
        }
        return Answer(200, ["ok": true, "channel": Self.describe(channel, for: user)])
    }

    func members(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = world.user(of: token)
        let arguments = try SlackArguments(call)
        let channel = try seen(arguments["channel"], by: user)
        guard token.scopes.contains(channel.kind.readScope) else {
            throw SlackRules.missing(channel.kind.readScope, token)
        }
        let ids = channel.members.map { world.user($0).id }.sorted()
        let (page, next) = Cursor.page(
            ids, from: try arguments.offset(), size: try arguments.limit(fallback: 100, most: 999))
        return Answer(
            200,
            [
                "ok": true, "members": .texts(page), "response_metadata": ["next_cursor": .string(next ?? "")],
            ])
    }

    private func opened(_ channel: SlackChannel, for user: SlackUser) -> Answer {
        Answer(200, ["ok": true, "channel": Self.describe(channel, for: user)])
    }

    /// Somebody with whom an app may have a conversation.
    private func person(_ id: String, besides user: SlackUser) throws(Answer) -> SlackUser {
        guard let person = world.user(id: id) else { throw SlackRules.no("user_not_found") }
        guard user.botID == nil || person.botID == nil else { throw SlackRules.no("cannot_dm_bot") }
        guard !person.isDeactivated else { throw SlackRules.no("user_disabled") }
        return person
    }

    /// Where a message goes: a conversation, or with somebody's id the one with them, which opens.
    func target(_ wanted: String?, for user: SlackUser) throws(Answer) -> SlackChannel {
        if let id = wanted, id.hasPrefix("U") {
            return world.conversation(of: [user.owner, try person(id, besides: user).owner])
        }
        guard let channel = world.channel(wanted), channel.isSeen(by: user) else {
            throw SlackRules.no("channel_not_found")
        }
        guard channel.members.contains(user.owner) else { throw SlackRules.no("not_in_channel") }
        guard !channel.isArchived else { throw SlackRules.no("is_archived") }
        return channel
    }
}
