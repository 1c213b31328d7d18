public import Turns
public import Wire

/// Makes the manifest from which Slack makes an agent's own app, at https://api.slack.com/apps?new_app=1: each agent has
/// one, with its name, its scopes and its secrets. Schema: https://docs.slack.dev/reference/app-manifest
public struct SlackManifest: Sendable {
    /// How events come.
    public enum Delivery: Sendable, Hashable {
        /// Slack posts them to the account's hook.
        case hook
        /// The gateway fetches them over a WebSocket that it opens, so that nothing has to reach it from outside.
        case socket
    }

    /// What people see, 35 characters at the most; longer ones are cut.
    public var name: String
    /// Scheme, host and port of the gateway as Slack reaches it, without a path.
    public var publicURL: String
    public var account: ChannelAccountID
    public var delivery: Delivery
    /// Where Slack sends the browser back that installs the app, if the account is connected that way; its tokens end
    /// and are renewed then. Nil when somebody pastes the token that Slack shows, which doesn't end.
    public var redirect: String?
    /// Whether people are recognized by their mail address.
    public var readsAddresses: Bool

    public init(
        name: String, publicURL: String, account: ChannelAccountID, delivery: Delivery = .hook,
        redirect: String? = nil, readsAddresses: Bool = false
    ) {
        self.name = name
        self.publicURL = publicURL
        self.account = account
        self.delivery = delivery
        self.redirect = redirect
        self.readsAddresses = readsAddresses
    }

    public var json: JSON {
        let shown = String(name.prefix(35))
        return [
            "display_information": ["name": .string(shown), "description": "An agent of this organization"],
            "features": [
                "app_home": [
                    "home_tab_enabled": false, "messages_tab_enabled": true, "messages_tab_read_only_enabled": false,
                ],
                "bot_user": ["display_name": .string(shown), "always_online": true],
            ],
            "oauth_config": .object(oauth),
            "settings": .object(settings),
        ]
    }

    /// The scopes it asks for.
    public var scopes: [SlackScope] {
        SlackScope.allCases.filter { $0 != .addresses || readsAddresses }
    }

    private var oauth: JSONObject {
        var oauth: JSONObject = ["scopes": ["bot": .array(scopes.map { .string($0.rawValue) })]]
        oauth["redirect_urls"] = redirect.map { [.string($0)] }
        return oauth
    }

    private var settings: JSONObject {
        let names = SlackSubscription.allCases.map(\.rawValue) + SlackMembership.allCases.map(\.rawValue)
        var events: JSONObject = ["bot_events": .array(names.map { .string($0) })]
        var interactivity: JSONObject = ["is_enabled": true]
        switch delivery {
        case .hook:
            let hook = "\(publicURL)/hooks/slack/\(account.name)"
            events["request_url"] = .string(hook)
            interactivity["request_url"] = .string(hook)
        case .socket: break
        }
        return [
            "event_subscriptions": .object(events), "interactivity": .object(interactivity),
            "org_deploy_enabled": false, "socket_mode_enabled": .bool(delivery == .socket),
            "token_rotation_enabled": .bool(redirect != nil),
        ]
    }
}

/// The events that an app asks to be told of. What others write to each other in channels isn't among them.
enum SlackSubscription: String, CaseIterable {
    case mention = "app_mention"
    case direct = "message.im"
    case group = "message.mpim"
}
