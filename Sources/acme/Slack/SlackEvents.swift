import Foundation

/// Events as Slack tells them.
enum SlackEvents {
    /// What an app is told of a message: as a message, if it asked for those of the place, and as a mention.
    static func about(_ message: SlackMessage, in channel: SlackChannel, for app: SlackApp) -> [JSON] {
        guard channel.members.contains(app.owner) else { return [] }
        let isMention = message.text.contains("<@\(app.user.id)>") && channel.kind != .direct
        return (app.events.contains(channel.kind.event) ? [event(message, in: channel)] : [])
            + (isMention && app.events.contains("app_mention") ? [mention(message, in: channel)] : [])
    }

    static func edited(
        _ after: SlackMessage, from before: SlackMessage, in channel: SlackChannel, for app: SlackApp
    ) -> [JSON] {
        guard channel.members.contains(app.owner) else { return [] }
        let change: JSON = note("message_changed", in: channel).with("message", after.json)
            .with("previous_message", before.json)
        let tag = "<@\(app.user.id)>"
        let isNewMention = after.text.contains(tag) && !before.text.contains(tag) && channel.kind != .direct
        return (app.events.contains(channel.kind.event) ? [change] : [])
            + (isNewMention && app.events.contains("app_mention") ? [mention(after, in: channel)] : [])
    }

    static func deleted(_ message: SlackMessage, in channel: SlackChannel, for app: SlackApp) -> [JSON] {
        guard channel.members.contains(app.owner), app.events.contains(channel.kind.event) else { return [] }
        return [
            note("message_deleted", in: channel).with("deleted_ts", .string(message.stamp))
                .with("previous_message", message.json)
        ]
    }

    /// The event within what is around it.
    static func envelope(_ event: JSON, id: String, for app: SlackApp, isShared: Bool) -> JSON {
        [
            "token": "legacy-verification-token", "team_id": .string(SlackWorld.team),
            "context_team_id": .string(SlackWorld.team), "context_enterprise_id": .null,
            "api_app_id": .string(app.id), "event": event, "type": "event_callback", "event_id": .string(id),
            "event_time": .int(Int(Date().timeIntervalSince1970)),
            "authorizations": [
                [
                    "enterprise_id": .null, "team_id": .string(SlackWorld.team), "user_id": .string(app.user.id),
                    "is_bot": true, "is_enterprise_install": false,
                ]
            ], "is_ext_shared_channel": .bool(isShared), "event_context": .string("4-" + SecretShape.code.mint()),
        ]
    }

    private static func event(_ message: SlackMessage, in channel: SlackChannel) -> JSON {
        let subtype: JSON? = message.files.isEmpty ? nil : "file_share"
        let profile: JSON? =
            message.user.botID.map { bot in
                ["id": .string(bot), "app_id": .text(message.user.appID), "name": .string(message.user.name)]
            }
        return plain(message, in: channel).with("channel_type", .string(channel.kind.rawValue))
            .with("subtype", subtype).with("bot_profile", profile)
    }

    private static func mention(_ message: SlackMessage, in channel: SlackChannel) -> JSON {
        plain(message, in: channel).with("type", "app_mention")
    }

    private static func plain(_ message: SlackMessage, in channel: SlackChannel) -> JSON {
        let user = message.user
        let event = message.json.with("channel", .string(channel.id)).with("event_ts", .string(message.stamp))
            .with("client_msg_id", user.botID == nil ? .string(UUID().uuidString.lowercased()) : nil)
        guard channel.isShared, user.isAway else { return event }
        return event.with("user_team", .string(user.team)).with("source_team", .string(user.team))
            .with(
                "user_profile",
                ["team": .string(user.team), "real_name": .string(user.name), "is_restricted": .bool(user.isGuest)])
    }

    private static func note(_ subtype: String, in channel: SlackChannel) -> JSON {
        let now = SlackMessage.stamp(Int(Date().timeIntervalSince1970 * 1_000_000))
        return [
            "type": "message", "subtype": .string(subtype), "hidden": true, "channel": .string(channel.id),
            "ts": .string(now), "event_ts": .string(now), "channel_type": .string(channel.kind.rawValue),
        ]
    }
}
