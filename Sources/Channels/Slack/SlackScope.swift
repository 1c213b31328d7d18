/// What an app asks a workspace for, and why.
public enum SlackScope: String, Sendable, CaseIterable {
    case mentions = "app_mentions:read"
    case write = "chat:write"
    case direct = "im:history"
    case group = "mpim:history"
    case people = "users:read"
    case channels = "channels:read"
    case privateChannels = "groups:read"
    case groups = "mpim:read"
    case files = "files:read"
    case sending = "files:write"
    case addresses = "users:read.email"

    public var reason: String {
        switch self {
        case .mentions: "to be told when somebody mentions the agent where it was invited"
        case .write: "to answer"
        case .direct: "to read what people write to the agent alone"
        case .group: "to read what people write in groups of few that the agent is in"
        case .people: "to see whether a sender is a guest, a bot or somebody of another workspace"
        case .channels: "to see who would read an answer in a public channel"
        case .privateChannels: "to see who would read an answer in a private channel"
        case .groups: "to see who would read an answer in a group of few"
        case .files: "to open a file that came with a message"
        case .sending: "to send a file with an answer"
        case .addresses: "to recognize people by the mail address that the workspace verified"
        }
    }
}
