public import Authority
public import Wire

/// A call as it arrives: who speaks, through what, and what they want. Nothing in it says as whom to act.
public struct ToolCallRequest: Sendable {
    public let organization: OrganizationID
    public let agent: AgentID
    public let requester: Requester
    public let client: ClientID
    /// What the client's token may do at the most, where it is one of several that may do different things.
    public let ceiling: EffectSet
    public let trigger: Trigger
    public let tool: String
    public let arguments: JSONObject
    /// The caller's own id for this one call, by which it can ask later what became of it (``ActionGate/fate(of:in:)``). Never
    /// used for two calls.
    public let call: CallID?
    /// What a provider has just said that this very call lacks.
    private(set) var lacks: LackingGrant?

    public init(
        organization: OrganizationID, agent: AgentID, requester: Requester, client: ClientID,
        ceiling: EffectSet = .all, trigger: Trigger, tool: String, arguments: JSONObject, call: CallID? = nil
    ) {
        self.organization = organization
        self.agent = agent
        self.requester = requester
        self.client = client
        self.ceiling = ceiling
        self.trigger = trigger
        self.tool = tool
        self.arguments = arguments
        self.call = call
    }

    func lacking(_ grant: LackingGrant) -> ToolCallRequest {
        var request = self
        request.lacks = grant
        return request
    }

    public var session: SessionKey {
        SessionKey(organization: organization, agent: agent, requester: requester, client: client)
    }
}

extension ClientID {
    private static let prefix = "conversation/"

    /// The client of a call that a turn makes: a conversation, and the channel's account that it came in by. No token has
    /// such an id.
    public static func conversation(_ id: String, through account: String) -> ClientID {
        ClientID("\(prefix)\(account)/\(id)")
    }

    /// The channel's account, as kind and name; nil for the client of a token.
    public var channelAccount: (kind: String, name: String)? {
        guard raw.hasPrefix(ClientID.prefix) else { return nil }
        let parts = raw.dropFirst(ClientID.prefix.count).split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 3 ? (String(parts[0]), String(parts[1])) : nil
    }

    /// The conversation; nil for the client of a token.
    public var conversation: String? {
        channelAccount == nil ? nil : raw.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init)
    }
}
