public import Authority
public import Gate

/// How things stood when it was written down last, and the events that say so.
public protocol HealthStore: RotationStore {
    /// The last event of each subject of the organization that isn't well, the newest first.
    ///
    /// - Parameter prefix: what the subject's text begins with.
    func healthMarks(in organization: OrganizationID, about prefix: String, limit: Int) async throws -> [HealthEvent]
    /// The last event of one subject.
    func healthMark(of subject: HealthSubject, in organization: OrganizationID) async throws -> HealthEvent?
    /// Events that nobody was told of yet, the oldest first.
    func healthEventsUntold(limit: Int) async throws -> [HealthEvent]
    /// Events that the webhook hasn't taken and that are due, the oldest first.
    func healthEventsUnsent(by time: Timestamp, limit: Int) async throws -> [UnsentEvent]
    /// What keeps tokens of connections in use from being renewed, by provider and kind; where it may pass by itself, only
    /// when the token has ended. And what at least `many` connections of one provider have to be made anew for.
    func renewalTroubles(at time: Timestamp, many: Int) async throws -> [RenewalTrouble]
    /// Connections in use whose tokens nothing renews and that end by this time, the first to end first.
    ///
    /// - Parameter alsoTold: those too that were said to end already.
    func tokensEnding(by time: Timestamp, alsoTold: Bool, limit: Int) async throws -> [ConnectionID]
    /// When secrets of the organization end, by their subjects.
    func secretEnds(in organization: OrganizationID) async throws -> [SecretEnd]
    func secretEnd(of subject: HealthSubject, in organization: OrganizationID) async throws -> SecretEnd?
}

/// An event on its way to the webhook.
public struct UnsentEvent: Sendable, Hashable {
    public let event: HealthEvent
    /// The message that it was last part of.
    public let message: String?
    public let attempts: Int64

    public init(event: HealthEvent, message: String?, attempts: Int64) {
        self.event = event
        self.message = message
        self.attempts = attempts
    }
}

/// What stops connections to one provider.
public struct RenewalTrouble: Sendable, Hashable {
    public let organization: OrganizationID
    public let provider: ProviderID
    public let cause: ConnectionCause
    public let count: Int

    public init(
        organization: OrganizationID, provider: ProviderID, cause: ConnectionCause, count: Int
    ) {
        self.organization = organization
        self.provider = provider
        self.cause = cause
        self.count = count
    }
}

public enum HealthChange: StoredChange {
    /// The subject stands so from now on, and the event is to be told.
    case turn(HealthEvent)
    /// The same, and refused (`exists`) when the subject stands so already.
    case turnOnce(HealthEvent)
    /// Whom they concern is being told.
    case told([String])
    /// These go in one message, which is tried once more; not again before.
    case sending([String], message: String, due: Timestamp)
    /// The webhook has them, or doesn't want them.
    case sent([String])
    /// Takes the place of what was said of it before.
    case ends(SecretEnd)
    /// Nobody knows when it ends.
    case endless(HealthSubject, OrganizationID)
    /// Forgets events of before this time that are told and sent.
    case prune(before: Timestamp)
}
