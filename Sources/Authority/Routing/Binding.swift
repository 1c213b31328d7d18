/// Routes inbound messages to an agent. What it doesn't name it doesn't ask for: without an account any account matches.
public struct Binding: Sendable, Hashable {
    /// What a message has to be like, in everything that is named.
    public struct Match: Sendable, Hashable {
        /// In lower case, such as `slack`.
        public let channel: String
        /// Nil for any account of the channel.
        public let account: String?
        public let peer: Peer?
        public let guild: String?
        public let team: String?
        /// One of them is enough. Empty for everybody. They are the guild's, so they ask for it to be named.
        public let roles: Set<String>

        public init(
            channel: String, account: String? = nil, peer: Peer? = nil, guild: String? = nil,
            team: String? = nil, roles: Set<String> = []
        ) {
            self.channel = channel
            self.account = account
            self.peer = peer
            self.guild = guild
            self.team = team
            self.roles = roles
        }
    }

    public let agent: AgentID
    public let match: Match

    public init(agent: AgentID, match: Match) {
        self.agent = agent
        self.match = match
    }
}

/// An inbound message, as far as bindings look at it.
public struct Arrival: Sendable, Hashable {
    /// In lower case.
    public let channel: String
    public let account: String
    public let peer: Peer
    /// Of a thread that is a peer of its own: what it hangs from.
    public let parent: Peer?
    public let guild: String?
    public let team: String?
    /// The sender's, in the guild.
    public let roles: Set<String>

    public init(
        channel: String, account: String, peer: Peer, parent: Peer? = nil, guild: String? = nil, team: String? = nil,
        roles: Set<String> = []
    ) {
        self.channel = channel.lowercased()
        self.account = account
        self.peer = peer
        self.parent = parent
        self.guild = guild
        self.team = team
        self.roles = roles
    }
}

/// By what a message came to its agent. The first goes before all others.
public enum RouteTier: String, Sendable, CaseIterable, Comparable {
    case peer
    /// What the thread hangs from.
    case parent = "peer.parent"
    case roles = "guild+roles"
    case guild, team, account, channel
    /// No binding matched.
    case `default`

    public static func < (left: RouteTier, right: RouteTier) -> Bool { left.place < right.place }

    private var place: Int { RouteTier.allCases.firstIndex(of: self) ?? RouteTier.allCases.count }
}

extension Binding.Match {
    /// What two bindings for different agents may not have in common: neither would go before the other, and one message
    /// could match both. Groups and channels are one here, and so are any two sets of roles, as somebody can have both.
    public struct Claim: Sendable, Hashable {
        let channel: String
        let account: String?
        let peer: String?
        let isDirect: Bool
        let guild: String?
        let team: String?
        let namesRoles: Bool
    }

    public var claim: Claim {
        Claim(
            channel: channel, account: account, peer: peer?.id, isDirect: peer?.kind == .direct, guild: guild,
            team: team, namesRoles: !roles.isEmpty)
    }
}
