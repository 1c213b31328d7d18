import Authority
import Gate
import Registry
import Storage
import Wire

extension RestoredHome {
    /// An issuer that was removed since, or is taken for less now, isn't believed again.
    func distrustIssuers(_ old: TakenAway?, _ end: inout Transaction) async throws {
        guard let old else { return }
        for issuer in try await home.store.tokenIssuers(in: home.organization) where !old.tokenIssuers.contains(issuer)
        {
            end.bumps.append(.issuers(home.organization))
            end.changes.append(ExchangeChange.removeIssuer(home.organization, issuer.name))
            end.leaves.append(
                try leaf(
                    [
                        "change": "issuer.removed", "by": .string(Self.by), "issuer": .string(issuer.name),
                        "because": "it was so before the restore",
                    ], in: .organization(home.organization)))
        }
    }
}
