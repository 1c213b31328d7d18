public import Authority
import Gate
import Ledger
import Wire

extension ConnectionDesk {
    /// Has the key of a service account's connection replaced every so many days, from now on.
    ///
    /// One that goes round by itself no longer does: what is under way is taken back at the provider first.
    ///
    /// - Parameter days: from 1 to 3,650; nil for no schedule any more.
    public func schedule(
        _ id: ConnectionID, in organization: OrganizationID, every days: Int64?, by: String
    ) async throws(BrokerError) -> SecretEnd? {
        try SecretSchedule.check(days)
        guard let found = try await read({ try await store.connection(id) }), found.organization == organization else {
            throw BrokerError.noConnection(id)
        }
        let scope = EpochScope.connections(organization, found.owner, found.provider)
        let unmoved = await commits.reading(scope)
        guard let row = try await read({ try await store.connection(id) }), row.health != .revoked else {
            throw BrokerError.noConnection(id)
        }
        guard row.kind == OwnGrant.accountKind else {
            throw BrokerError(
                .invalid, "`\(id)` has no key of its own that is replaced",
                hint: "a service account's has; an app's secret is scheduled with `deputy apps rotate --every`")
        }
        let before = try await read { try await marks.secretEnd(of: .key(id), in: organization) }
        let end = SecretEnd.new(
            .key(id), at: row.provider, in: organization, given: world.now(), said: before?.said, every: days)
        let earlier = try await read { try await marks.rotation(of: .key(id), in: organization) }
        let ended = earlier?.ended(at: world.now()) ?? []
        var fields: JSONObject = [
            "change": "connection.schedule.set", "by": .string(by), "connection": .string(id.raw),
        ]
        fields["every_days"] = days.map { .number(JSONNumber($0)) }
        fields["left_key"] = earlier.flatMap { $0.problem == nil ? nil : $0.left }.map { .string($0) }
        do {
            let leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
            try await commits.commit(
                Transaction(
                    requires: [unmoved],
                    changes: [end.map { HealthChange.ends($0) } ?? .endless(.key(id), organization)] + ended,
                    leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
        } catch CommitError.moved, CommitError.exists {
            throw BrokerError.crossed
        } catch {
            throw BrokerError(.unavailable, "the ledger can't be written", hint: "see `deputy doctor`")
        }
        return end
    }
}
