public import Authority
public import Turns
public import Wire

/// Sign in with Slack (OpenID Connect): the ID token says who its person is in which workspace.
public enum SlackSignIn {
    /// What Slack's ID tokens name as their issuer.
    public static let issuer = "https://slack.com"

    /// Whom these accounts know the person as: workspaces that none of them is in say nothing.
    ///
    /// - Parameter claims: of a verified ID token of Slack's.
    public static func senders(_ claims: JSONObject, known accounts: [ChannelAccount]) -> [SenderID] {
        guard let team = claims["https://slack.com/team_id"]?.stringValue,
            let user = claims["https://slack.com/user_id"]?.stringValue, SlackID.isWellFormed(team),
            SlackID.isWellFormed(user), claims["sub"]?.stringValue == user
        else { return [] }
        let homes = accounts.filter { $0.id.kind == .slack }.compactMap { try? SlackSettings($0.settings) }
            .filter { $0.isHome(team) }.map(\.home)
        return Set(homes).sorted().map { SlackID.sender(user, of: $0) }
    }
}
