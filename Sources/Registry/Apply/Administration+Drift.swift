public import Authority
import Gate
import Wire

extension Administration {
    /// What was changed by other means since it was applied.
    public func drift(in organization: OrganizationID) async throws(RegistryError) -> [Drift] {
        guard let baseline = try await baseline(in: organization) else { return [] }
        let (agents, people) = (try await agents(in: organization), try await people(in: organization))
        let models = try await models(in: organization)
        return try await explained(baseline.drift(agents, people, models), organization)
    }

    func explained(_ drift: [Drift], _ organization: OrganizationID) async throws(RegistryError) -> [Drift] {
        guard let since = drift.map(\.since).min() else { return [] }
        let history = try await read { try await DriftHistory(store, organization, since: since) }
        return drift.map(history.explained)
    }

    /// Nil when nothing was ever applied.
    func baseline(in organization: OrganizationID) async throws(RegistryError) -> Baseline? {
        guard let kept = try await read({ try await store.document(Baseline.document, in: organization) }) else {
            return nil
        }
        if let baseline = Baseline(json: kept) { return baseline }
        throw RegistryError(.unavailable, "what was applied before can't be read", hint: "see `deputy doctor`")
    }
}
