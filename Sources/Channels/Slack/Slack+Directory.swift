public import Authority
public import Turns
import Wire

/// What `users.info` says of somebody who wrote: events don't say everything.
extension SlackChannel: DirectoryChannel {
    public func request(about sender: SenderID) -> ChannelRequest? {
        guard let user = SlackID.user(of: sender) else { return nil }
        return ChannelRequest(method: "GET", path: "/api/users.info?user=\(user)", body: .null)
    }

    public func entry(
        _ answer: ChannelAnswer, about sender: SenderID, for account: ChannelAccount
    ) -> DirectoryEntry? {
        guard let settings = try? SlackSettings(account.settings), answer.status == 200,
            let body = try? JSON.parse(answer.body), body["ok"]?.boolValue == true,
            let user = body["user"], let id = user["id"]?.stringValue, id == SlackID.user(of: sender)
        else { return nil }
        let teams = [user["team_id"], user["profile"]?["team"]].compactMap { $0?.stringValue }
        let organization = user["enterprise_user"]?["enterprise_id"]?.stringValue
        let isHome =
            teams.allSatisfy(settings.isHome) && !teams.isEmpty
            || (settings.enterprise != nil && organization == settings.enterprise)
        let isGuest = ["is_restricted", "is_ultra_restricted", "is_stranger"].contains { key in
            user[key]?.boolValue ?? false
        }
        return DirectoryEntry(
            sender: sender,
            standing: SenderStanding(
                proof: .platform, isBot: user["is_bot"]?.boolValue ?? false || id == "USLACKBOT",
                isForeign: !isHome || isGuest),
            isDeactivated: user["deleted"]?.boolValue ?? false,
            address: user["is_email_confirmed"]?.boolValue == true ? user["profile"]?["email"]?.stringValue : nil)
    }
}
