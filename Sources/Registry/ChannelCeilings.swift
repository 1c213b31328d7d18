public import Authority

/// What may be done through a channel's account at the most. A change of an account bumps its organization's epoch.
public protocol ChannelCeilings: Sendable {
    /// Nil when there is no such account, or it is paused.
    func ceiling(of kind: String, _ name: String, in organization: OrganizationID) async throws -> EffectSet?
}

/// For where nobody talks to agents.
public struct NoChannels: ChannelCeilings {
    public init() {}

    public func ceiling(of kind: String, _ name: String, in organization: OrganizationID) -> EffectSet? { nil }
}
