public import Authority
import Wire

/// A session as it is kept: which conversation it is, and what it has seen.
public struct StoredSession: Sendable, Hashable {
    public let key: SessionKey
    public let state: SessionState

    public init(key: SessionKey, state: SessionState) {
        self.key = key
        self.state = state
    }

    public var id: String { key.id }

    /// Nil when it has been idle for so long that it has forgotten what it saw.
    public func labels(at now: Timestamp) -> Labels? {
        now.microseconds - state.lastUsed.microseconds > SessionState.idleMicroseconds ? nil : state.labels
    }
}

extension SessionKey {
    /// What people call it: `ses_` and the beginning of its digest.
    public var id: String { "ses_" + String(Digest.sha256(of: Array(raw.utf8)).hex.prefix(20)) }

    /// Reads what `raw` wrote; nil for anything else.
    public init?(raw: String) {
        guard let parts = try? JSON.parse(Array(raw.utf8)).arrayValue, parts.count == 4,
            let organization = parts[0].stringValue, let agent = parts[1].stringValue,
            let who = parts[2].arrayValue, let client = parts[3].stringValue
        else { return nil }
        let requester: Requester
        switch (who.first?.stringValue, who.count > 1 ? who[1].stringValue : nil) {
        case ("person", let id?): requester = .person(PersonID(id))
        case ("guest", let id?): requester = .guest(SenderID(id))
        case ("nobody", nil): requester = .nobody
        default: return nil
        }
        self.init(
            organization: OrganizationID(organization), agent: AgentID(agent), requester: requester,
            client: ClientID(client))
    }
}

extension ActionGate {
    /// For whoever administers an organization: which sessions there are and what they have seen, last used first.
    public func listSessions(in organization: OrganizationID) async throws -> [StoredSession] {
        try await sessions.sessions(in: organization, limit: 10_000)
    }
}
