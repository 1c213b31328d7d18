public import Authority

/// When a secret ends that nobody renews but whoever runs this home: of an app of ours, or the key of a connection.
public struct SecretEnd: Sendable, Hashable {
    public let organization: OrganizationID
    /// `app` or `key`.
    public let subject: HealthSubject
    public let provider: ProviderID
    public let ends: Timestamp

    public init(organization: OrganizationID, subject: HealthSubject, provider: ProviderID, ends: Timestamp) {
        self.organization = organization
        self.subject = subject
        self.provider = provider
        self.ends = ends
    }

    /// Days before the end at which it is told of: each once.
    static let warnings: [Int64] = [30, 7, 1, 0]

    /// The nearest warning that is reached; nil while none is.
    func warning(at now: Timestamp) -> Int64? {
        let left = ends.microseconds - now.microseconds
        return SecretEnd.warnings.last { left <= $0 * 86_400_000_000 }
    }
}
