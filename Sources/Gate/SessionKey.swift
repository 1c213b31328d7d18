public import Authority
import Wire

/// Which conversation a call belongs to. For a client that names none it is (organization, agent, person, token).
public struct SessionKey: Hashable, Sendable {
    public let organization: OrganizationID
    public let agent: AgentID
    public let requester: Requester
    public let client: ClientID

    public init(organization: OrganizationID, agent: AgentID, requester: Requester, client: ClientID) {
        self.organization = organization
        self.agent = agent
        self.requester = requester
        self.client = client
    }

    /// The key as one text, unambiguous because it is JSON.
    public var raw: String {
        let who: JSON =
            switch requester {
            case .person(let person): ["person", .string(person.raw)]
            case .guest(let sender): ["guest", .string(sender.raw)]
            case .nobody: ["nobody"]
            }
        return JSON.array([.string(organization.raw), .string(agent.raw), who, .string(client.raw)]).text
    }
}

/// What a session has seen, and when it was last used.
public struct SessionState: Sendable, Hashable {
    public var labels: Labels
    public var lastUsed: Timestamp
    /// Since when it has forgotten nothing.
    public var began: Timestamp

    public init(labels: Labels, lastUsed: Timestamp, began: Timestamp) {
        self.labels = labels
        self.lastUsed = lastUsed
        self.began = began
    }

    /// Labels are cleared after twelve idle hours. `lastUsed` is written at most every ten minutes, so those are added.
    public static let idleMicroseconds: Int64 = (12 * 60 + 10) * 60 * 1_000_000
    public static let touchMicroseconds: Int64 = 10 * 60 * 1_000_000

    public func labels(at now: Timestamp) -> Labels { isForgotten(at: now) ? .fresh : labels }

    /// Whether its labels tell of everything that it has seen since then.
    public func remembers(_ moment: Timestamp, at now: Timestamp) -> Bool { !isForgotten(at: now) && began <= moment }

    /// Where there was nothing to forget, idleness forgets nothing.
    private func isForgotten(at now: Timestamp) -> Bool {
        now.microseconds - lastUsed.microseconds > SessionState.idleMicroseconds && labels != .fresh
    }

    /// The state after the session saw something. The one way in which labels change.
    public static func seeing(_ labels: Labels, at now: Timestamp, after earlier: SessionState?) -> SessionState {
        guard let earlier, !earlier.isForgotten(at: now) else {
            return SessionState(labels: Labels.fresh.joined(with: labels), lastUsed: now, began: now)
        }
        return SessionState(labels: earlier.labels.joined(with: labels), lastUsed: now, began: earlier.began)
    }
}
