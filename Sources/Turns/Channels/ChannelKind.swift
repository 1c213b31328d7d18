public import Authority

/// The ways in which people reach agents.
public enum ChannelKind: String, Hashable, Sendable, CaseIterable {
    /// Pages of the gateway itself.
    case web
    /// `/v1` of the gateway itself.
    case api
    case slack
    case mail
    /// The gateway's own clock: one account for each schedule, in which nobody writes.
    case schedule

    /// What holds for a channel wherever it is used: the one place to say it of a new one.
    public var nature: ChannelNature {
        switch self {
        case .web:
            ChannelNature(
                title: "the web", knowsPeople: true, answersGuests: true, connection: .none, isSigned: false,
                hasDirectory: false, sessions: .ofConversations)
        case .api:
            ChannelNature(
                title: "the API", knowsPeople: true, answersGuests: true, connection: .none, isSigned: false,
                hasDirectory: false, sessions: .ofTokens)
        case .slack:
            ChannelNature(
                title: "Slack", knowsPeople: false, answersGuests: true, connection: .provider(ProviderID("slack")),
                isSigned: true, hasDirectory: true, sessions: .ofConversations)
        case .mail:
            ChannelNature(
                title: "mail", knowsPeople: false, answersGuests: false, connection: .mailbox, isSigned: false,
                hasDirectory: false, sessions: .ofConversations)
        case .schedule:
            ChannelNature(
                title: "a schedule", knowsPeople: true, answersGuests: true, connection: .none, isSigned: false,
                hasDirectory: false, sessions: .ofConversations, trigger: .schedule)
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

    /// The mail server by which the home itself tells people. No account that somebody sets up can have its name.
    public static func homeMail(of organization: OrganizationID) -> ChannelAccountID {
        ChannelAccountID(organization: organization, kind: .mail, name: "_home")
    }

    public var isHomeMail: Bool { self == .homeMail(of: organization) }
}
