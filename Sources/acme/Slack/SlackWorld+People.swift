import Foundation

extension SlackWorld {
    /// Those who came later have an id made of their name.
    static func user(_ owner: String) -> SlackUser {
        users.first { $0.owner == owner }
            ?? SlackUser(owner: owner, id: "U07" + suffix("slack", owner), name: owner.capitalized)
    }

    /// The app whose bot somebody is, or would be.
    static func app(of owner: String) -> String {
        users.first { $0.owner == owner }?.appID ?? "A07" + suffix("slack app", owner)
    }

    static func bot(of owner: String) -> String {
        users.first { $0.owner == owner }?.botID ?? "B07" + suffix("slack bot", owner)
    }

    private static func suffix(_ kind: String, _ owner: String) -> String {
        String(OAuthAccount(owner: owner).uuid(kind).replacing("-", with: "").prefix(8)).uppercased()
    }

    func user(_ owner: String) -> SlackUser {
        step { state in state.users.first { $0.owner == owner } } ?? Self.user(owner)
    }

    func user(of token: Token) -> SlackUser {
        user(token.owner)
    }

    func user(id: String?) -> SlackUser? {
        step { state in state.users.first { $0.id == id } }
    }

    /// Adds somebody, or replaces them.
    func put(_ user: SlackUser) {
        step { state in
            state.users.removeAll { $0.owner == user.owner }
            state.users.append(user)
        }
    }

    /// By id, or by name with or without `#`.
    func channel(_ wanted: String?) -> SlackChannel? {
        step { state in state.channels.first { $0.id == wanted || $0.name == wanted || "#\($0.name)" == wanted } }
    }

    var channels: [SlackChannel] {
        step { $0.channels }
    }

    /// Adds a conversation, or replaces it.
    func put(_ channel: SlackChannel) {
        step { state in
            state.channels.removeAll { $0.id == channel.id }
            state.channels.append(channel)
        }
    }

    /// The conversation of a few alone, opened if need be.
    func conversation(of owners: Set<String>) -> SlackChannel {
        let name = owners.sorted().joined(separator: " ")
        let kind: SlackChannel.Kind = owners.count > 2 ? .few : .direct
        // A group of few has an id like a channel's, as new ones have.
        let channel = SlackChannel(
            id: (kind == .direct ? "D07" : "C07") + Self.suffix("slack \(kind.rawValue)", name), name: name,
            members: owners, kind: kind)
        return step { state in
            if let there = state.channels.first(where: { $0.id == channel.id }) { return there }
            state.channels.append(channel)
            return channel
        }
    }

    func app(_ owner: String) -> SlackApp? {
        step { state in state.apps.first { $0.owner == owner } }
    }

    var apps: [SlackApp] {
        step { $0.apps }
    }

    /// Registers an app, or replaces it; its bot is somebody then.
    func put(_ app: SlackApp) {
        put(app.user)
        step { state in
            state.apps.removeAll { $0.owner == app.owner }
            state.apps.append(app)
        }
    }
}
