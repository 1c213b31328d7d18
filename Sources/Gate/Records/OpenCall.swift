public import Authority
public import Wire

/// One accepted call, by which its leaves find each other.
public struct CallID: Hashable, Sendable, CustomStringConvertible {
    public let raw: String

    public init(_ raw: String) {
        self.raw = raw
    }

    public var description: String { raw }
}

/// Where a call without a known outcome stands.
public enum CallState: String, Sendable, CaseIterable {
    /// Its intent is durable and its outcome isn't.
    case open
    /// Nobody knows whether it happened. Never retried blindly.
    case unknown
}

/// The row of a call between its intent and a known outcome.
public struct OpenCall: Sendable, Hashable {
    public let id: CallID
    public let organization: OrganizationID
    public let agent: AgentID
    public let requester: String
    public let tool: String
    public let effect: Effect
    /// Equal for identical effects of one person with one agent. Nil for a read, which may be repeated at will.
    public let identity: Digest?
    public let state: CallState
    public let opened: Timestamp

    public init(
        id: CallID, organization: OrganizationID, agent: AgentID, requester: String, tool: String, effect: Effect,
        identity: Digest?, state: CallState, opened: Timestamp
    ) {
        self.id = id
        self.organization = organization
        self.agent = agent
        self.requester = requester
        self.tool = tool
        self.effect = effect
        self.identity = identity
        self.state = state
        self.opened = opened
    }
}

/// What the gate changes in the store.
public enum GateChange: StoredChange {
    /// Refused as `identicalCall` while a call of the same identity is open or unknown.
    case open(OpenCall)
    /// Nothing is written. Refused as `identicalCall` like ``open(_:)``: a call that may have happened isn't asked for again.
    case noneOpen(Digest)
    /// The outcome is known: the row goes. Refused as `exists` when the call has an outcome already.
    case close(CallID)
    /// The outcome can't be known: the row stays, and says so. Refused like ``close(_:)``.
    case markUnknown(CallID)
    /// Somebody said what became of an unknown call: the row goes. Refused as `exists` when it isn't unknown.
    case settle(CallID)
    case keep(Payload)
    /// What the session has seen now, joined in the store with what it saw before (`SessionState.seeing`), so that
    /// two calls at once can't undo each other. Bump its epoch in the same transaction when the labels grew.
    case saw(SessionKey, Labels, at: Timestamp)
    /// Something that may be brought once, such as a state that was handed out. Refused as `exists` the second time.
    /// Forgotten some time after `until`, when it isn't taken any more anyway.
    case spendOnce(Digest, until: Timestamp)
    /// Forgets what sessions of this person with this agent have seen. A person's doing.
    case clearSessions(OrganizationID, AgentID, PersonID)
    /// Forgets what one session has seen.
    case clearSession(SessionKey)
    /// Takes over from a gateway that is gone: what it sends from now on is refused. Refused itself as `exists` when
    /// another gateway was quicker, or that one is back in time. Nothing to do for an embedded store.
    case endGateway(Int64)
}

extension OpenCall {
    /// The same call, of which nobody knows what became.
    public var unknown: OpenCall {
        OpenCall(
            id: id, organization: organization, agent: agent, requester: requester, tool: tool, effect: effect,
            identity: identity, state: .unknown, opened: opened)
    }
}
