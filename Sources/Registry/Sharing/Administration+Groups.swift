public import Authority
import Gate
import Wire

extension Administration {
    public func addGroup(
        _ id: GroupID, name: String?, members: Set<PersonID>, by administrator: Administrator,
        in organization: OrganizationID
    ) async throws(RegistryError) -> GroupRecord {
        try checkName(id.raw, what: "a group")
        let group = GroupRecord(organization: organization, id: id, name: name ?? id.raw, members: members)
        let edit = await SharingEdit(self, organization, [SharingChange.addGroup(group)], affecting: members)
        _ = try await requireOrganization(organization)
        for person in members.sorted() { _ = try await requirePerson(person, in: organization) }
        try await commit(
            edit, "group.added", ["group": .string(id.raw), "members": people(members)], by: administrator)
        return group
    }

    public func groups(in organization: OrganizationID) async throws(RegistryError) -> [GroupRecord] {
        try await read { try await store.sharing(in: organization) }.groups
    }

    public func group(_ id: GroupID, in organization: OrganizationID) async throws(RegistryError) -> GroupRecord {
        try found(id, in: try await read { try await store.sharing(in: organization) })
    }

    public func addMember(
        _ person: PersonID, to id: GroupID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> GroupRecord {
        let edit = await SharingEdit(self, organization)
        let group = try await group(id, in: organization)
        _ = try await requirePerson(person, in: organization)
        if group.members.contains(person) {
            throw RegistryError(.exists, "`\(person)` is in the group `\(id)` already")
        }
        let next = group.with(group.members.union([person]))
        try await commit(
            edit.adding([SharingChange.replaceGroup(next)], affecting: [person]), "group.member-added",
            ["group": .string(id.raw), "person": .string(person.raw)], by: administrator)
        return next
    }

    /// What the person used by this group alone ends with it.
    public func removeMember(
        _ person: PersonID, from id: GroupID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> GroupRecord {
        var edit = await SharingEdit(self, organization)
        let before = try await read { try await store.sharing(in: organization) }
        let group = try found(id, in: before)
        guard group.members.contains(person) else {
            throw RegistryError(
                .unknown, "`\(person)` isn't in the group `\(id)`",
                hint: suggestion(for: person.raw, among: group.members.map(\.raw)) ?? "see `deputy groups show \(id)`")
        }
        let next = group.with(group.members.subtracting([person]))
        edit = edit.adding([SharingChange.replaceGroup(next)], affecting: [person])
        let after = Sharing(groups: before.groups.map { $0.id == id ? next : $0 }, shares: before.shares)
        try await end(&edit, [person], before, after, because: "they left the group `\(id)`", by: administrator)
        try await commit(
            edit, "group.member-removed", ["group": .string(id.raw), "person": .string(person.raw)], by: administrator)
        return next
    }

    /// Removes the group and what was shared with it.
    public func removeGroup(
        _ id: GroupID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        var edit = await SharingEdit(self, organization)
        let before = try await read { try await store.sharing(in: organization) }
        let group = try found(id, in: before)
        edit = edit.adding([SharingChange.removeGroup(organization, id)], affecting: group.members)
        let after = Sharing(
            groups: before.groups.filter { $0.id != id }, shares: before.shares.filter { $0.grantee != .group(id) })
        try await end(&edit, group.members, before, after, because: "the group `\(id)` is gone", by: administrator)
        try await commit(
            edit, "group.removed", ["group": .string(id.raw), "members": people(group.members)], by: administrator)
    }

    func found(_ id: GroupID, in sharing: Sharing) throws(RegistryError) -> GroupRecord {
        if let group = sharing.group(id) { return group }
        throw RegistryError(
            .unknown, "no group is called `\(id)`",
            hint: suggestion(for: id.raw, among: sharing.groups.map(\.id.raw)) ?? "list them with `deputy groups list`")
    }

    func people(_ people: Set<PersonID>) -> JSON { .array(people.sorted().map { .string($0.raw) }) }
}

extension GroupRecord {
    func with(_ members: Set<PersonID>) -> GroupRecord {
        GroupRecord(organization: organization, id: id, name: name, members: members)
    }
}
