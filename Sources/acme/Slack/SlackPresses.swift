import Foundation

/// Presses of buttons as Slack tells them.
enum SlackPresses {
    /// Nil when the message has no such button.
    static func press(
        _ action: String, value: String?, on message: SlackMessage, in channel: SlackChannel, by user: SlackUser,
        of app: SlackApp
    ) -> JSON? {
        let elements = (message.blocks?.items ?? []).flatMap { $0["elements"]?.items ?? [] }
        let button = elements.first { $0["action_id"]?.text == action }
        guard button != nil || value != nil else { return nil }
        let pressed: JSON = [
            "action_id": .string(action), "block_id": "b1", "type": "button",
            "text": button?["text"] ?? ["type": "plain_text", "text": "?"],
            "value": .text(value ?? button?["value"]?.text),
            "action_ts": .string(SlackMessage.stamp(Int(Date().timeIntervalSince1970 * 1_000_000))),
        ]
        return [
            "type": "block_actions", "api_app_id": .string(app.id), "token": "legacy-verification-token",
            "user": [
                "id": .string(user.id), "username": .string(user.owner), "name": .string(user.owner),
                "team_id": .string(user.team),
            ], "team": ["id": .string(SlackWorld.team), "domain": "acme"], "enterprise": .null,
            "is_enterprise_install": false,
            "container": [
                "type": "message", "message_ts": .string(message.stamp), "channel_id": .string(channel.id),
                "is_ephemeral": .bool(message.reader != nil),
            ], "channel": ["id": .string(channel.id), "name": .string(channel.name)], "message": message.json,
            "state": ["values": .object([])], "trigger_id": "1.2.3",
            "response_url": .string("https://hooks.slack.com/actions/\(SlackWorld.team)/1/2"), "actions": [pressed],
        ]
    }
}
