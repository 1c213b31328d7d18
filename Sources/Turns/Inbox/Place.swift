public import Authority

/// Where a message was written, in the words of bindings.
public struct Place: Sendable, Hashable {
    public typealias Peer = Authority.Peer
    public typealias PeerKind = Authority.Peer.Kind

    public let peer: Peer
    /// Of a thread that is a peer of its own: what it hangs from.
    public let parent: Peer?
    /// Nil outside threads.
    public let thread: String?
    public let guild: String?
    public let team: String?
    /// The sender's, in the guild.
    public let roles: Set<String>
    /// Whether people of other organizations, or guests, can read here.
    public let hasOutsiders: Bool

    public init(
        peer: Peer, parent: Peer? = nil, thread: String? = nil, guild: String? = nil, team: String? = nil,
        roles: Set<String> = [], hasOutsiders: Bool = false
    ) {
        self.peer = peer
        self.parent = parent
        self.thread = thread
        self.guild = guild
        self.team = team
        self.roles = roles
        self.hasOutsiders = hasOutsiders
    }

    /// Whether only the sender and the agent read what is written here.
    public var isPrivate: Bool {
        switch peer.kind {
        case .direct: true
        case .group, .channel: false
        }
    }
}
