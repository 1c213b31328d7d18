public import Authority
public import Wire

/// An account of a channel as it is set up. Its secrets are elsewhere: the one that signs is only ever lent for checking
/// (``ChannelSigning``), the one that speaks is a connection's.
public struct ChannelAccount: Sendable, Hashable {
    /// What becomes of a message whose sender is nobody that we know.
    public enum Unknown: String, Sendable, CaseIterable {
        /// They are told privately that they can't use the agent, and how they could.
        case refuse
        /// They are sent a link by which they show who they are.
        case link
        /// They get the tools that the agent lists under `guests`.
        case guest
    }

    /// How the platform tells what happens.
    public enum Delivery: String, Sendable, CaseIterable {
        /// It posts to the gateway.
        case hook
        /// Over a WebSocket that the gateway opens, so that nothing has to reach it from outside.
        case socket
    }

    public let id: ChannelAccountID
    /// What the channel itself has to know, such as Slack's app and team. No secret is in it.
    public let settings: JSONObject
    /// The connection that answers are sent with; nil where the gateway itself answers.
    public let connection: ConnectionID?
    public let unknown: Unknown
    /// Whether senders are people by the address that the directory of the channel's own tenant confirmed.
    public let matchesDirectory: Bool
    /// Bots whose messages may start turns, by their sender ids. They never agree to anything.
    public let bots: Set<SenderID>
    /// What anybody may have done through this channel at the most.
    public let ceiling: EffectSet
    public let isPaused: Bool

    /// As `delivery` of the settings says.
    public var delivery: Delivery { settings["delivery"]?.stringValue.flatMap(Delivery.init) ?? .hook }

    public init(
        id: ChannelAccountID, settings: JSONObject = [:], connection: ConnectionID? = nil, unknown: Unknown = .refuse,
        matchesDirectory: Bool = false, bots: Set<SenderID> = [], ceiling: EffectSet = .all, isPaused: Bool = false
    ) {
        self.id = id
        self.settings = settings
        self.connection = connection
        self.unknown = unknown
        self.matchesDirectory = matchesDirectory
        self.bots = bots
        self.ceiling = ceiling
        self.isPaused = isPaused
    }
}
