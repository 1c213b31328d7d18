public import Authority

/// When a secret is to be replaced that nobody renews but whoever runs this home: of an app of ours, or the key of a
/// connection. Its provider ends it, or a schedule says so.
public struct SecretEnd: Sendable, Hashable {
    public let organization: OrganizationID
    /// `app` or `key`.
    public let subject: HealthSubject
    public let provider: ProviderID
    /// The earlier of what its provider says and what the schedule does.
    public let ends: Timestamp
    /// When its provider ends it; nil where nobody said.
    public let said: Timestamp?
    /// After how many days it is replaced by another, whatever its provider says; nil for no schedule.
    public let every: Int64?

    /// That its provider ends it then.
    public init(organization: OrganizationID, subject: HealthSubject, provider: ProviderID, ends: Timestamp) {
        self.init(organization: organization, subject: subject, provider: provider, ends: ends, said: ends, every: nil)
    }

    /// As it is stored.
    public init(
        organization: OrganizationID, subject: HealthSubject, provider: ProviderID, ends: Timestamp, said: Timestamp?,
        every: Int64?
    ) {
        self.organization = organization
        self.subject = subject
        self.provider = provider
        self.ends = ends
        self.said = said
        self.every = every
    }

    /// Of a secret that was given now; nil where neither a provider nor a schedule says anything.
    ///
    /// - Parameters:
    ///   - said: when its provider ends it, where somebody knows.
    ///   - every: days of its schedule.
    static func new(
        _ subject: HealthSubject, at provider: ProviderID, in organization: OrganizationID, given now: Timestamp,
        said: Timestamp?, every: Int64?
    ) -> SecretEnd? {
        let scheduled = every.map { now.adding(seconds: $0 * 86_400) }
        guard let ends = [said, scheduled].compactMap(\.self).min() else { return nil }
        return SecretEnd(
            organization: organization, subject: subject, provider: provider, ends: ends, said: said, every: every)
    }

    /// Whether the schedule ends it, and it would work on.
    public var isScheduled: Bool { said.map { ends < $0 } ?? true }

    /// Whether it is told of by now.
    public func isDue(at now: Timestamp) -> Bool { warning(at: now) != nil }

    /// Days before the end at which it is told of: each once.
    static let warnings: [Int64] = [30, 7, 1, 0]

    /// The nearest warning that is reached; nil while none is. Of a schedule none comes before three quarters of it are over.
    func warning(at now: Timestamp) -> Int64? {
        let left = ends.microseconds - now.microseconds
        return SecretEnd.warnings.last { days in
            left <= days * 86_400_000_000 && (!isScheduled || days * 4 <= every ?? 0)
        }
    }
}
