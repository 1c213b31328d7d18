extension SlackService {
    func authTest(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = world.user(of: token)
        let body: JSON = [
            "ok": true, "url": "https://acme.slack.com/", "team": "Acme", "user": .string(user.owner),
            "team_id": .string(SlackWorld.team), "user_id": .string(user.id),
        ]
        return Answer(200, body.with("bot_id", user.botID.map(JSON.string)).with("is_enterprise_install", false))
    }

    func usersInfo(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let arguments = try SlackArguments(call)
        guard let user = world.user(id: arguments["user"]) else {
            throw SlackRules.no("user_not_found")
        }
        // Those of another workspace keep their address to themselves.
        let mayReadEmail = token.scopes.contains("users:read.email") && user.botID == nil && !user.isAway
        let profile: JSON = [
            "real_name": .string(user.name), "display_name": .string(user.owner), "team": .string(user.team),
        ]
        return Answer(
            200,
            [
                "ok": true,
                "user": [
                    "id": .string(user.id), "team_id": .string(user.team), "name": .string(user.owner),
                    "deleted": .bool(user.isDeactivated), "real_name": .string(user.name), "tz": "Etc/UTC",
                    "profile": profile.with("email", mayReadEmail ? .string("\(user.owner)@acme.test") : nil),
                    "is_admin": .bool(user.owner == "dana"), "is_bot": .bool(user.botID != nil),
                    "is_restricted": .bool(user.isGuest), "is_stranger": .bool(user.isAway),
                    "is_email_confirmed": .bool(user.botID == nil),
                ],
            ])
    }
}
