public import Authority
import Definition
import Gate
import Ledger
import Wire

/// Ends what a leaving person connected: their own connections, what agents hold of their own accounts, and the ways to a
/// connection on which they are. Each credential is destroyed, with a leaf, and its provider is told, all in the commit of
/// whoever asked for it.
public struct LeavingDesk: Sendable {
    /// So many secrets are destroyed in one commit.
    public static let batch = 500

    let store: any LeavingStore
    let connections: ConnectionDesk

    public init(store: any LeavingStore, connections: ConnectionDesk) {
        self.store = store
        self.connections = connections
    }

    /// What goes into the commit that cuts the person off: as many of their connections as one commit takes. When that isn't
    /// all, the others are revoked with it, and their secrets are for ``rest(of:in:by:limit:)``.
    ///
    /// - Parameter remote: the organization's remote servers, where the person may connect something meanwhile too.
    public func cut(
        _ claim: PersonClaim, in organization: OrganizationID, besides remote: [ProviderID] = [], by: String,
        limit: Int = LeavingDesk.batch
    ) async throws(BrokerError) -> LeavingBatch {
        var batch = LeavingBatch()
        // Read first: whoever changes one of these meanwhile makes the commit fail.
        batch.transaction.requires = await connections.commits.readings(
            of: (connections.providers.all.map(\.provider) + remote).map {
                .connections(organization, .person(claim.person), $0)
            })
        try await end(flows: claim.person, in: organization, &batch)
        batch.transaction.changes.append(ChoiceChange.forget(organization, .person(claim.person)))
        let held = try await connections.read {
            try await store.connectionsHeld(for: claim, in: organization, limit: limit)
        }
        try await end(held, of: claim.person, by: by, &batch)
        let own = try await connections.read {
            try await store.connections(of: claim.person, revoked: false, in: organization, limit: limit + 1)
        }
        // First: what each leaf says of one of them afterwards is so.
        if own.count > limit { try await revokeAll(of: claim.person, in: organization, by: by, &batch) }
        try await end(Array(own.prefix(limit)), of: claim.person, by: by, &batch)
        return batch
    }

    /// Agents' connections with an account of the person's. There may be more than one commit takes: those go before the cut.
    public func held(
        for claim: PersonClaim, in organization: OrganizationID, by: String, limit: Int = LeavingDesk.batch
    ) async throws(BrokerError) -> LeavingBatch {
        let rows = try await connections.read {
            try await store.connectionsHeld(for: claim, in: organization, limit: limit)
        }
        var batch = LeavingBatch()
        batch.hasMore = rows.count == limit
        try await end(rows, of: claim.person, by: by, &batch)
        return batch
    }

    /// The next of what the cut left; empty when nothing is.
    public func rest(
        of claim: PersonClaim, in organization: OrganizationID, by: String, limit: Int = LeavingDesk.batch
    ) async throws(BrokerError) -> LeavingBatch {
        var batch = LeavingBatch()
        var rows = try await connections.read {
            try await store.connections(of: claim.person, revoked: true, in: organization, limit: limit)
        }
        // Those that were made while the cut was thought over.
        if rows.isEmpty {
            rows = try await connections.read {
                try await store.connectionsHeld(for: claim, in: organization, limit: limit)
            }
        }
        batch.hasMore = !rows.isEmpty
        try await end(rows, of: claim.person, by: by, &batch)
        return batch
    }

    /// To be called when a batch was committed.
    public func forget(_ batch: LeavingBatch) {
        for id in batch.connections { connections.errands.forget(id) }
    }

    private func end(
        _ rows: [ConnectionRecord], of person: PersonID, by: String, _ batch: inout LeavingBatch
    ) async throws(BrokerError) {
        for row in rows {
            let told = try await connections.ending(row, of: person)
            batch.transaction.changes += told
            batch.transaction.changes += ConnectionDesk.revoking(row, by: connections.world)
            batch.bump(.connections(row.organization, row.owner, row.provider))
            if told.isEmpty {
                batch.untold[row.provider, default: 0] += 1
            } else {
                batch.queued.append(LeavingBatch.Queued(connection: row.id, provider: row.provider))
            }
            if row.owner == .person(person) { batch.own.append(row.id) } else { batch.held.append(row.id) }
            var fields: JSONObject = [
                "change": "connection.revoked", "by": .string(by), "connection": .string(row.id.raw),
                "provider": .string(row.provider.raw), "account": .string(row.account),
                "because": .string("person:\(person) left"),
            ]
            for (name, value) in try await connections.told(of: row).members { fields[name] = value }
            batch.transaction.leaves.append(try leaf(fields, in: row.organization))
        }
    }

    private func revokeAll(
        of person: PersonID, in organization: OrganizationID, by: String, _ batch: inout LeavingBatch
    ) async throws(BrokerError) {
        let owner = Owner.person(person)
        let counts = try await connections.read { try await store.connectionCounts(of: person, in: organization) }
        for provider in counts.keys.sorted() { batch.bump(.connections(organization, owner, provider)) }
        batch.transaction.changes.append(BrokerChange.revokeAll(organization, owner))
        batch.transaction.leaves.append(
            try leaf(
                [
                    "change": .string(Told.allRevoked), "by": .string(by), "owner": .string(owner.text),
                    "because": .string("person:\(person) left"),
                ], in: organization))
        batch.hasMore = true
    }

    /// Nothing may come of one that is under way; what was offered and never kept goes back to its provider.
    private func end(
        flows person: PersonID, in organization: OrganizationID, _ batch: inout LeavingBatch
    ) async throws(BrokerError) {
        for flow in try await connections.read({ try await store.openFlows(of: person, in: organization) }) {
            // Refused when it went on meanwhile.
            batch.transaction.changes.append(ConnectChange.step(flow.step(to: .waiting)))
            guard case .offered(let offer) = flow.stage,
                let pending = try await connections.ending(offer, of: flow)
            else { continue }
            batch.transaction.changes.append(RevocationChange.add(pending))
            batch.queued.append(LeavingBatch.Queued(connection: pending.connection, provider: flow.aim.provider))
        }
        batch.transaction.changes.append(ConnectChange.drop(organization, person))
    }

    private func leaf(_ fields: JSONObject, in organization: OrganizationID) throws(BrokerError) -> PlacedLeaf {
        do throws(LedgerError) {
            return PlacedLeaf(
                try Leaf(kind: .authority, time: connections.world.now().microseconds, fields: fields),
                in: .organization(organization))
        } catch {
            throw BrokerError(.unavailable, "the change is too large to be recorded")
        }
    }
}
