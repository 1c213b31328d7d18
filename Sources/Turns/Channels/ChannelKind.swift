public import Authority

/// The ways in which people reach agents.
public enum ChannelKind: String, Hashable, Sendable, CaseIterable {
    /// Pages of the gateway itself.
    case web
    /// `/v1` of the gateway itself.
    case api
    case slack
    case mail

    /// Whether whoever writes has signed in to Deputy, so that no link has to say who they are.
    public var knowsPeople: Bool {
        switch self {
        case .web, .api: true
        case .slack, .mail: false
        }
    }

    /// Whether what an agent says to a guest goes out by itself. By mail it would be a mail to a stranger's address, perhaps one
    /// that somebody else wrote there: sending one is a tool's, and judged as that.
    public var answersGuests: Bool {
        switch self {
        case .web, .api, .slack: true
        case .mail: false
        }
    }
}

/// One account that an organization is reached by: a Slack app, a mailbox. Its name is the administrator's.
public struct ChannelAccountID: Hashable, Sendable, CustomStringConvertible {
    public let organization: OrganizationID
    public let kind: ChannelKind
    /// 1 to 64 of `a`–`z`, `0`–`9`, `-` and `_`; begins with a letter or digit.
    public let name: String

    public init(organization: OrganizationID, kind: ChannelKind, name: String) {
        self.organization = organization
        self.kind = kind
        self.name = name
    }

    public var description: String { "\(kind.rawValue)/\(name)" }
}
