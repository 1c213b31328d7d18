/// A conversation.
struct SlackChannel: Sendable {
    /// As events name it in `channel_type`.
    enum Kind: String, Sendable, CaseIterable {
        case open = "channel"
        case closed = "group"
        case direct = "im"
        case few = "mpim"

        /// The event that tells of its messages.
        var event: String {
            switch self {
            case .open: "message.channels"
            case .closed: "message.groups"
            case .direct: "message.im"
            case .few: "message.mpim"
            }
        }

        var readScope: String {
            switch self {
            case .open: "channels:read"
            case .closed: "groups:read"
            case .direct: "im:read"
            case .few: "mpim:read"
            }
        }

        var historyScope: String {
            switch self {
            case .open: "channels:history"
            case .closed: "groups:history"
            case .direct: "im:history"
            case .few: "mpim:history"
            }
        }

        /// As `types` asks for it.
        var listed: String {
            switch self {
            case .open: "public_channel"
            case .closed: "private_channel"
            case .direct: "im"
            case .few: "mpim"
            }
        }
    }

    let id: String
    let name: String
    /// Owners.
    var members: Set<String>
    var kind = Kind.open
    var isArchived = false
    /// With another workspace.
    var isShared = false

    func isSeen(by user: SlackUser) -> Bool {
        kind == .open || members.contains(user.owner)
    }
}
