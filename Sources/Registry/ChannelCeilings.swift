public import Authority

/// What may be done through a channel's account at the most, and where its conversations are. A change of an account bumps its organization's epoch.
public protocol ChannelCeilings: Sendable {
    /// Nil when there is no such account, or it is paused.
    func ceiling(of kind: String, _ name: String, in organization: OrganizationID) async throws -> EffectSet?

    /// The channel's own id of the place that a conversation is in, which never changes. Nil when there is none.
    func peer(of conversation: String, in organization: OrganizationID) async throws -> String?
}

/// For where nobody talks to agents.
public struct NoChannels: ChannelCeilings {
    public init() {}

    public func ceiling(of kind: String, _ name: String, in organization: OrganizationID) -> EffectSet? { nil }
    public func peer(of conversation: String, in organization: OrganizationID) -> String? { nil }
}
