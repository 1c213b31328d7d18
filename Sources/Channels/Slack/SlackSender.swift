import Authority
import Turns
import Wire

/// Who did something, as an event tells it.
struct SlackSender {
    /// Slack's own id: a user's, or a bot's that has none.
    let user: String
    let id: SenderID
    let standing: SenderStanding

    /// Whoever wrote a message; nil when it was the app itself.
    ///
    /// A stranger's `user_team` or `source_team` is another workspace, or that one's organization; where a channel is
    /// shared and nothing says whose the sender is, the sender counts as a stranger. Whether somebody is a guest is in
    /// `user_profile`, if Slack sends it, and else in `users.info` (``SlackChannel/entry(_:about:for:)``).
    init?(_ event: JSONObject, in body: JSONObject, _ settings: SlackSettings) throws(HookRefusal) {
        let profile = event["bot_profile"]
        let bot = event["bot_id"]?.stringValue
        guard let user = event["user"]?.stringValue ?? bot, SlackID.isWellFormed(user) else { throw .malformed }
        let apps = [event["app_id"], profile?["app_id"]].compactMap { $0?.stringValue }
        if user == settings.user || (bot != nil && bot == settings.bot) || apps.contains(settings.app) { return nil }

        let teams = [event["user_team"], event["source_team"], event["team"], event["user_profile"]?["team"]]
            .compactMap { $0?.stringValue }
        let isShared = body["is_ext_shared_channel"]?.boolValue ?? false
        let isGuest = ["is_restricted", "is_ultra_restricted"].contains { key in
            event["user_profile"]?[key]?.boolValue ?? false
        }
        try self.init(
            user, teams: teams, isBot: bot != nil || user == "USLACKBOT",
            isForeign: isGuest || (isShared && teams.isEmpty), settings)
    }

    /// Whoever used a button.
    init(presser user: JSON?, _ settings: SlackSettings) throws(HookRefusal) {
        guard let id = user?["id"]?.stringValue, SlackID.isWellFormed(id) else { throw .malformed }
        try self.init(
            id, teams: [user?["team_id"]?.stringValue].compactMap(\.self), isBot: false, isForeign: false, settings)
    }

    private init(
        _ user: String, teams: [String], isBot: Bool, isForeign: Bool, _ settings: SlackSettings
    ) throws(HookRefusal) {
        guard teams.allSatisfy(SlackID.isWellFormed) else { throw .malformed }
        let stranger = teams.first { !settings.isHome($0) }
        self.user = user
        id = SlackID.sender(user, of: stranger ?? settings.home)
        standing = SenderStanding(proof: .platform, isBot: isBot, isForeign: isForeign || stranger != nil)
    }
}
