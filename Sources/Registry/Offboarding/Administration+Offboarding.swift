public import Authority
public import Gate
import Wire

extension Administration {
    /// Everything of a person who leaves, but for what others keep for them: one transaction, with every epoch that it was
    /// read under. Nothing is changed.
    ///
    /// - Parameter heir: who gets the agents that are theirs.
    /// - Throws: `refused` when they own agents and nobody is named who gets them.
    public func offboarding(
        of id: PersonID, agentsTo heir: PersonID?, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> Offboarding {
        // Made first: it reads the epoch of shares and groups.
        var edit = await SharingEdit(self, organization)
        edit.transaction.requires += await readings(of: [.person(organization, id), .organization(organization)])
        let person = try await requirePerson(id, in: organization)
        if let heir { try await check(heir: heir, of: id, &edit) }
        edit = edit.adding([RegistryChange.replacePerson(person.with(.removed))], affecting: [id])
        edit.transaction.bumps.append(.organization(organization))
        let tokens = try await endEverything(of: id, because: "`\(id)` left", &edit, by: administrator)
        edit.transaction.changes += [
            LoginChange.unlinkAll(organization, id), ErasureChange.notices(organization, id),
            ErasureChange.memory(organization, id),
        ]
        let wasReader = try await endRole(of: id, &edit)
        let (groups, shares) = try await forgetSharing(with: id, &edit, by: administrator)
        let agents = try await handOver(from: id, to: heir, &edit, by: administrator)
        edit.transaction.bumps += edit.affected.sorted().map { .person(organization, $0) }
        edit.transaction.leaves.insert(
            try leaf(
                [
                    "change": "person.removed", "by": .string(administrator.text), "person": .string(id.raw),
                    "tokens": .array(tokens.prefix(Administration.mostNamed).map { .string($0.raw) }),
                ], in: organization), at: 0)
        return Offboarding(
            person: id, transaction: edit.transaction, agents: agents,
            belongings: Belongings([
                .groups: groups, .shares: shares, .roles: wasReader ? 1 : 0, .agents: agents.count,
            ]))
    }

    /// A leaf names no more than so many tokens: it would be too long.
    private static let mostNamed = 1_000

    /// Commits what was read and thought over, if nothing of it has moved.
    ///
    /// - Throws: an error that ``RegistryError/isCrossed`` when something has.
    public func commit(offboarding: Transaction) async throws(RegistryError) {
        try await commit(offboarding)
    }

    private func check(heir: PersonID, of person: PersonID, _ edit: inout SharingEdit) async throws(RegistryError) {
        guard heir != person else {
            throw RegistryError(.invalid, "`\(person)` leaves", hint: "name somebody else with `--agents-to`")
        }
        edit.transaction.requires.append(await reading(.person(edit.organization, heir)))
        let standing = try await requirePerson(heir, in: edit.organization).standing
        guard standing == .active else {
            throw RegistryError(.refused, "the account of `\(heir)` is \(standing.rawValue)")
        }
    }

    private func endRole(of person: PersonID, _ edit: inout SharingEdit) async throws(RegistryError) -> Bool {
        let readers = try await payloadReaders(in: edit.organization)
        guard readers.contains(person) else { return false }
        edit.transaction.changes.append(
            PayloadReaders.change(to: readers.subtracting([person]), in: edit.organization))
        return true
    }

    private func forgetSharing(
        with person: PersonID, _ edit: inout SharingEdit, by administrator: Administrator
    ) async throws(RegistryError) -> (groups: Int, shares: Int) {
        let organization = edit.organization
        let sharing = try await read { try await store.sharing(in: organization) }
        let groups = sharing.groups.filter { $0.members.contains(person) }
        let shares = sharing.shares.filter { $0.grantee == .person(person) }
        for group in groups {
            edit.transaction.changes.append(SharingChange.replaceGroup(group.with(group.members.subtracting([person]))))
            edit.transaction.leaves.append(
                try leaf(
                    [
                        "change": "group.member-removed", "by": .string(administrator.text),
                        "group": .string(group.id.raw), "person": .string(person.raw),
                    ], in: organization))
        }
        for share in shares {
            edit.transaction.changes.append(SharingChange.unshare(organization, share.agent, share.grantee))
            edit.transaction.leaves.append(
                try leaf(
                    [
                        "change": "agent.unshared", "by": .string(administrator.text),
                        "agent": .string(share.agent.raw), "with": .string(share.grantee.text), "rights": [],
                    ], in: organization))
        }
        return (groups.count, shares.count)
    }
}

extension RegistryError {
    /// Something else changed at the same time: what was read has to be read again.
    public var isCrossed: Bool { self == .crossed }
}
