import Authority
import Gate
import Wire

extension Administration {
    /// Brings a person into the groups that a provider says they are in, and out of those that it says they aren't in. What
    /// a lost group alone gave them ends in the same commit.
    ///
    /// - Parameter groups: those that the provider decides about. One that doesn't exist is left out.
    /// - Returns: whether anything changes.
    func bring(
        _ person: PersonID, into groups: [GroupID: Bool], _ edit: inout SharingEdit, by administrator: Administrator
    ) async throws(RegistryError) -> Bool {
        let organization = edit.organization
        let before = try await read { try await store.sharing(in: organization) }
        let changed = before.groups.compactMap { group -> GroupRecord? in
            guard let belongs = groups[group.id], belongs != group.members.contains(person) else { return nil }
            return group.with(belongs ? group.members.union([person]) : group.members.subtracting([person]))
        }
        guard !changed.isEmpty else { return false }
        let after = Sharing(
            groups: before.groups.map { group in changed.first { $0.id == group.id } ?? group }, shares: before.shares)
        edit = edit.adding(changed.map { SharingChange.replaceGroup($0) }, affecting: [person])
        for group in changed {
            let what = group.members.contains(person) ? "group.member-added" : "group.member-removed"
            edit.transaction.leaves.append(
                try leaf(
                    [
                        "change": .string(what), "by": .string(administrator.text), "group": .string(group.id.raw),
                        "person": .string(person.raw),
                    ], in: organization))
        }
        try await end(
            &edit, [person], before, after, because: "their provider says they left the group", by: administrator)
        return true
    }
}
