import Turns
public import Wire

/// What the settings of a Slack account say: which app it is, and where it is installed. All ids are Slack's own.
///
/// `{"app": "A…", "team": "T…", "user": "U…", "bot": "B…", "enterprise": "E…", "delivery": "hook" or "socket"}`. Slack's `auth.test`, asked with the
/// app's token, tells `team`, `user`, `bot` and `enterprise`; the app's page tells `app`.
public struct SlackSettings: Sendable, Hashable {
    public let app: String
    public let team: String
    /// The app's own user, by which it is mentioned.
    public let user: String
    /// The app's own bot, by which its messages are told; nil when it isn't said.
    public let bot: String?
    /// The organization of an Enterprise Grid that the workspace is in: all its people are at home then.
    public let enterprise: String?

    public init(_ settings: JSONObject) throws(SlackSettingsProblem) {
        app = try Self.id("app", "A", in: settings)
        team = try Self.id("team", "T", in: settings)
        user = try Self.id("user", "UW", in: settings)
        bot = settings["bot"] == nil ? nil : try Self.id("bot", "B", in: settings)
        enterprise = settings["enterprise"] == nil ? nil : try Self.id("enterprise", "E", in: settings)
        if let delivery = settings["delivery"],
            delivery.stringValue.flatMap(ChannelAccount.Delivery.init) == nil
        {
            throw SlackSettingsProblem("`delivery` must be `hook` or `socket`")
        }
        let known = ["app", "team", "user", "bot", "enterprise", "delivery"]
        if let key = settings.keys.first(where: { !known.contains($0) }) {
            throw SlackSettingsProblem(
                "`\(key)` is no setting of a Slack account; there are \(known.joined(separator: ", "))")
        }
    }

    /// Whether this is the account's own workspace or organization.
    func isHome(_ team: String) -> Bool {
        team == self.team || team == enterprise
    }

    /// What ids of home's people hang under: the organization, where there is one, since an id is one across it.
    var home: String { enterprise ?? team }

    private static func id(
        _ key: String, _ letters: String, in settings: JSONObject
    ) throws(SlackSettingsProblem) -> String {
        guard let id = settings[key]?.stringValue else { throw SlackSettingsProblem("`\(key)` is missing") }
        guard SlackID.isWellFormed(id), let first = id.first, letters.contains(first) else {
            throw SlackSettingsProblem("`\(key)` isn't an id of Slack's that begins with `\(letters.first ?? "?")`")
        }
        return id
    }
}

/// What is wrong with an account's settings.
public struct SlackSettingsProblem: Error, Hashable {
    public let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}
