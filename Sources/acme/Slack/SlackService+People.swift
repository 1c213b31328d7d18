extension SlackService {
    func authTest(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let user = SlackWorld.user(of: token)
        let body: JSON = [
            "ok": true, "url": "https://acme.slack.com/", "team": "Acme", "user": .string(user.owner),
            "team_id": .string(SlackWorld.team), "user_id": .string(user.id),
        ]
        return Answer(200, body.with("bot_id", user.botID.map(JSON.string)).with("is_enterprise_install", false))
    }

    func usersInfo(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let arguments = try SlackArguments(call)
        guard let user = SlackWorld.users.first(where: { $0.id == arguments["user"] }) else {
            throw SlackRules.no("user_not_found")
        }
        let mayReadEmail = token.scopes.contains("users:read.email") && user.botID == nil
        let profile: JSON = [
            "real_name": .string(user.name), "display_name": .string(user.owner), "team": .string(SlackWorld.team),
        ]
        return Answer(
            200,
            [
                "ok": true,
                "user": [
                    "id": .string(user.id), "team_id": .string(SlackWorld.team), "name": .string(user.owner),
                    "deleted": false, "real_name": .string(user.name), "tz": "Etc/UTC",
                    "profile": profile.with("email", mayReadEmail ? .string("\(user.owner)@acme.test") : nil),
                    "is_admin": .bool(user.owner == "dana"), "is_bot": .bool(user.botID != nil),
                    "is_restricted": false, "is_email_confirmed": .bool(user.botID == nil),
                ],
            ])
    }
}
