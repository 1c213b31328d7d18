public import Authority
import Definition
public import Gate
import Ledger
import Wire

extension ConnectionDesk {
    /// The end of everything that is a leaving person's own: what they connected, and what an agent holds of their own
    /// accounts. Revoked and shredded by whoever commits it, with a leaf for each.
    ///
    /// - Parameters:
    ///   - claim: what is known of the person.
    ///   - remote: the organization's remote servers, where the person may connect something meanwhile too.
    public func leaving(
        _ claim: PersonClaim, in organization: OrganizationID, besides remote: [ProviderID] = [], by: String
    ) async throws(BrokerError) -> Transaction {
        var end = Transaction()
        end.requires = await commits.readings(
            of: (providers.all.map(\.provider) + remote).map { .connections(organization, .person(claim.person), $0) })
        end.changes.append(ChoiceChange.forget(organization, .person(claim.person)))
        let rows = try await read { try await store.connections(in: organization, of: nil) }
        for row in rows where row.health != .revoked && row.isOwn(of: claim, among: rows) {
            let scope = EpochScope.connections(organization, row.owner, row.provider)
            end.bumps.append(scope)
            end.changes += ConnectionDesk.revoking(row, by: world)
            end.changes += try await ending(row)
            do {
                let leaf = try Leaf(
                    kind: .authority, time: world.now().microseconds,
                    fields: [
                        "change": "connection.revoked", "by": .string(by), "connection": .string(row.id.raw),
                        "was": row.told,
                        "provider": .string(row.provider.raw), "account": .string(row.account),
                        "because": .string("person:\(claim.person) left"),
                    ])
                end.leaves.append(PlacedLeaf(leaf, in: .organization(organization)))
            } catch {
                throw BrokerError(.unavailable, "the change is too large to be recorded")
            }
        }
        return end
    }
}

extension ConnectionDesk {
    /// To be called when what ``leaving(_:in:by:)`` gave was committed.
    public func forget(_ left: Transaction) {
        for case BrokerChange.shred(let id) in left.changes { errands.forget(id) }
    }
}

extension ConnectionRecord {
    fileprivate func isOwn(of claim: PersonClaim, among rows: [ConnectionRecord]) -> Bool {
        if owner == .person(claim.person) { return true }
        switch owner {
        case .person: return false
        case .agent:
            if email?.lowercased() == claim.email || claim.subjects[provider] == account { return true }
            return rows.contains {
                $0.owner == .person(claim.person) && $0.provider == provider && $0.account == account
            }
        }
    }
}
