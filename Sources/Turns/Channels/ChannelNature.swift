public import Authority

/// What a channel is, beside what it can do (``ChannelTraits``).
public struct ChannelNature: Sendable, Hashable {
    /// With what it answers.
    public enum Connection: Sendable, Hashable {
        /// It is the gateway's own.
        case none
        case provider(ProviderID)
        /// Of a provider whose manifest has `imap` and `smtp`.
        case mailbox
    }

    /// Whose a session is.
    public enum Sessions: Sendable, Hashable {
        /// One requester's in one conversation. Words of theirs begin it anew.
        case ofConversations
        /// A token's, as at `/mcp`: its program says what a conversation is, and could carry to one what it has seen in
        /// another. No word begins it anew, since a program doesn't forget for its person.
        case ofTokens
    }

    /// As pages call it.
    public let title: String
    /// Whether whoever writes has signed in to Deputy, so that no link has to say who they are.
    public let knowsPeople: Bool
    /// Whether what an agent says to a guest goes out by itself. By mail it would be a mail to a stranger's address, perhaps one
    /// that somebody else wrote there: sending one is a tool's, and judged as that.
    public let answersGuests: Bool
    public let connection: Connection
    /// Whether its platform posts to us, and signs what it posts.
    public let isSigned: Bool
    /// Whether its tenant says who its members are.
    public let hasDirectory: Bool
    public let sessions: Sessions
    /// What starts the turns of what comes by it.
    public let trigger: Trigger

    init(
        title: String, knowsPeople: Bool, answersGuests: Bool, connection: Connection, isSigned: Bool,
        hasDirectory: Bool,
        sessions: Sessions, trigger: Trigger = .message
    ) {
        self.title = title
        self.knowsPeople = knowsPeople
        self.answersGuests = answersGuests
        self.connection = connection
        self.isSigned = isSigned
        self.hasDirectory = hasDirectory
        self.sessions = sessions
        self.trigger = trigger
    }
}
