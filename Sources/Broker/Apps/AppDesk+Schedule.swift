public import Authority
import Gate
import OAuth

extension AppDesk {
    /// Has the app's secret or key replaced every so many days, from now on, by whoever runs this home.
    ///
    /// - Parameter days: from 1 to 3,650; nil for no schedule any more.
    public func schedule(
        _ provider: ProviderID, in organization: OrganizationID, of agent: AgentID? = nil, every days: Int64?,
        by: String
    ) async throws(BrokerError) -> SecretEnd? {
        try SecretSchedule.check(days)
        let (record, unmoved) = try await current(provider, organization, agent)
        guard record.authentication != .none else {
            throw BrokerError(.invalid, "`\(record.clientID)` is a public client and has no secret")
        }
        let subject = record.subject
        let before = try await read { try await store.secretEnd(of: subject, in: organization) }
        let end = SecretEnd.new(
            subject, at: provider, in: organization, given: world.now(), said: before?.said, every: days)
        try await commit(
            [
                end.map { HealthChange.ends($0) } ?? .endless(subject, organization),
                RotationChange.drop(subject, organization),
            ], "app.schedule.set", record,
            under: unmoved, by: by, every: days)
        return end
    }
}

/// How often secrets may be replaced.
enum SecretSchedule {
    static func check(_ days: Int64?) throws(BrokerError) {
        guard let days, !(1...3_650).contains(days) else { return }
        throw BrokerError(.invalid, "a schedule of \(days) days can't be kept", hint: "give from 1 to 3650 days")
    }
}
