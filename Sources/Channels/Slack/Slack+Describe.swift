public import Turns
public import Wire

extension SlackChannel: AccountChannel {
    /// Slack takes no id of ours with a message, so one that is sent twice is there twice.
    public var traits: ChannelTraits {
        ChannelTraits(
            kind: .slack, senders: .platform, readers: .asked, longest: SlackPart.longest, hasThreads: true,
            hasButtons: true, canEdit: true,
            knowsRepeats: false, carriesFiles: true)
    }

    public func problem(in settings: JSONObject) -> String? {
        do throws(SlackSettingsProblem) {
            _ = try SlackSettings(settings)
            return nil
        } catch {
            return error.sentence
        }
    }

    /// How app-level tokens begin: https://docs.slack.dev/authentication/tokens#app-level
    private static let token = Array("xapp-".utf8)

    public func problem(with secret: [UInt8], told delivery: ChannelAccount.Delivery) -> ChannelProblem? {
        switch (delivery, secret.starts(with: Self.token)) {
        case (.socket, false):
            ChannelProblem(
                "an account that is told over a socket needs an app-level token, which begins with `xapp-`",
                hint: "make one with the scope `connections:write` on the app's page, under *Basic Information*")
        case (.hook, true):
            ChannelProblem(
                "an app-level token signs nothing",
                hint: "give the signing secret, or `--socket-mode` to be told over a socket")
        case (.socket, true), (.hook, false): nil
        }
    }

    public func problem(with connection: AnsweringConnection, in settings: JSONObject) -> ChannelProblem? {
        if let named = settings["app"]?.stringValue, let app = connection.app, app != named {
            return ChannelProblem(
                "`\(connection.id)` was made through the app `\(app)`, and not through `\(named)`",
                hint: "what an app is told is answered with its own token: give the app that `deputy apps list` shows")
        }
        // Connections of before don't say their workspace, and those of an organization's whole grid are of none.
        guard settings["enterprise"] == nil, connection.account.contains("/"),
            let team = settings["team"]?.stringValue, !connection.account.hasPrefix(team + "/")
        else { return nil }
        return ChannelProblem(
            "`\(connection.id)` is `\(connection.account)` at Slack, which isn't in the workspace `\(team)`",
            hint: "give the workspace that `deputy connections list` shows before the slash")
    }
}
