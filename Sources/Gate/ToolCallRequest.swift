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

    public init(
        organization: OrganizationID, agent: AgentID, requester: Requester, client: ClientID,
        ceiling: EffectSet = .all, trigger: Trigger, tool: String, arguments: JSONObject
    ) {
        self.organization = organization
        self.agent = agent
        self.requester = requester
        self.client = client
        self.ceiling = ceiling
        self.trigger = trigger
        self.tool = tool
        self.arguments = arguments
    }

    public var session: SessionKey {
        SessionKey(organization: organization, agent: agent, requester: requester, client: client)
    }
}
