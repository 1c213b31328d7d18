public import Authority
import Definition
public import Gate
import Wire

extension Administration {
    /// The person can do nothing until they are resumed, and everything that stood open for them has ended: tokens,
    /// sessions, agreements, approvals, windows.
    public func suspendPerson(
        _ id: PersonID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> PersonRecord {
        try await again { () async throws(RegistryError) in
            try await leave(id, .suspended, taking: Transaction(), by: administrator, in: organization)
        }
    }

    /// What ended stays ended: the person signs in anew, and takes up new tokens.
    public func resumePerson(
        _ id: PersonID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> PersonRecord {
        let scope = await reading(.person(organization, id))
        let person = try await requirePerson(id, in: organization)
        guard person.standing == .suspended else {
            throw RegistryError(
                .refused, "the account of `\(id)` is \(person.standing.rawValue)",
                hint: person.standing == .removed ? "add a person under another id" : nil)
        }
        let record = person.with(.active)
        try await commit(
            Transaction(
                requires: [scope], bumps: [.organization(organization), .person(organization, id)],
                changes: [RegistryChange.replacePerson(record)],
                leaves: [
                    try leaf(
                        [
                            "change": "person.resumed", "by": .string(administrator.text), "person": .string(id.raw),
                        ], in: organization)
                ]))
        return record
    }

    /// The person leaves. In one commit everything is dead that could act as them or for them.
    ///
    /// - Parameter belongings: the end of what others keep for the person, such as their connections.
    public func removePerson(
        _ id: PersonID, taking belongings: Transaction, by administrator: Administrator,
        in organization: OrganizationID
    ) async throws(RegistryError) -> PersonRecord {
        try await leave(id, .removed, taking: belongings, by: administrator, in: organization)
    }

    private func leave(
        _ id: PersonID, _ standing: Standing, taking belongings: Transaction, by administrator: Administrator,
        in organization: OrganizationID
    ) async throws(RegistryError) -> PersonRecord {
        var edit = await SharingEdit(self, organization)
        let scopes = await [reading(.person(organization, id)), reading(.organization(organization))]
        let person = try await requirePerson(id, in: organization)
        guard person.standing != .removed, person.standing != standing else {
            throw RegistryError(.refused, "the account of `\(id)` is \(person.standing.rawValue) already")
        }
        let word = standing == .removed ? "removed" : "suspended"
        let record = person.with(standing)
        edit = edit.adding([RegistryChange.replacePerson(record)], affecting: [id])
        edit.transaction.requires += scopes
        edit.transaction.bumps.append(.organization(organization))
        let tokens = try await endEverything(of: id, because: "`\(id)` was \(word)", &edit, by: administrator)
        if standing == .removed { try await forget(id, &edit, by: administrator) }
        edit.transaction.requires += belongings.requires
        edit.transaction.bumps += belongings.bumps
        edit.transaction.changes += belongings.changes
        edit.transaction.leaves += belongings.leaves
        try await commit(
            edit, "person.\(word)", ["person": .string(id.raw), "tokens": .array(tokens.map { .string($0.raw) })],
            by: administrator)
        return record
    }

    private func endEverything(
        of person: PersonID, because reason: String, _ edit: inout SharingEdit, by administrator: Administrator
    ) async throws(RegistryError) -> [ClientID] {
        let organization = edit.organization
        let tokens = try await tokens(in: organization).filter { $0.person == person && $0.state != .revoked }
        edit.transaction.bumps += tokens.map { .client($0.id) }
        edit.transaction.changes += [
            SharingChange.forgetPerson(organization, person),
            ApprovalChange.void(.person(organization, person), reason: reason),
            BrowserChange.endAll(organization, person),
        ]
        edit.transaction.leaves += [
            try leaf(
                [
                    "change": "person.ended", "by": .string(administrator.text), "person": .string(person.raw),
                    "because": .string(reason),
                    "ended": [
                        "tokens", "agreements", "sessions", "approvals", "windows", "browser-sessions", "login-links",
                    ],
                ], in: organization)
        ]
        return tokens.map(\.id)
    }

    /// Groups, shares and grants that name somebody who is gone.
    private func forget(
        _ person: PersonID, _ edit: inout SharingEdit, by administrator: Administrator
    ) async throws(RegistryError) {
        let organization = edit.organization
        edit.transaction.changes.append(LoginChange.unlinkAll(organization, person))
        let sharing = try await read { try await store.sharing(in: organization) }
        for group in sharing.groups where group.members.contains(person) {
            edit.transaction.changes.append(SharingChange.replaceGroup(group.with(group.members.subtracting([person]))))
            edit.transaction.leaves.append(
                try leaf(
                    [
                        "change": "group.member-removed", "by": .string(administrator.text),
                        "group": .string(group.id.raw), "person": .string(person.raw),
                    ], in: organization))
        }
        for share in sharing.shares where share.grantee == .person(person) {
            edit.transaction.changes.append(SharingChange.unshare(organization, share.agent, share.grantee))
            edit.transaction.leaves.append(
                try leaf(
                    [
                        "change": "agent.unshared", "by": .string(administrator.text),
                        "agent": .string(share.agent.raw), "with": .string(share.grantee.text), "rights": [],
                    ], in: organization))
        }
        for id in try await agents(in: organization).map(\.record.id) {
            let scope = EpochScope.agent(organization, id)
            let unmoved = await reading(scope)
            let view = try await agent(id, in: organization)
            guard view.definition.names(person) else { continue }
            edit.transaction.requires.append(unmoved)
            var definition = view.definition
            definition.grants.removeAll { $0.person == person || $0.principal == person }
            var stored = definition.json.objectValue ?? [:]
            stored[AgentDefinition.aboutKey] = view.record.definition[AgentDefinition.aboutKey]
            let record = AgentRecord(
                id: view.record.id, organization: organization, definition: .object(stored),
                standing: view.record.standing)
            edit.transaction.bumps.append(scope)
            edit.transaction.changes.append(RegistryChange.replaceAgent(record))
            edit.transaction.leaves.append(
                try leaf(
                    [
                        "change": "agent.grants-ended", "by": .string(administrator.text),
                        "agent": .string(view.record.id.raw), "person": .string(person.raw),
                    ], in: organization))
        }
    }
}

extension AgentDefinition {
    fileprivate func names(_ person: PersonID) -> Bool {
        grants.contains { $0.person == person || $0.principal == person }
    }
}

extension PersonRecord {
    func with(_ standing: Standing) -> PersonRecord {
        PersonRecord(
            id: id, organization: organization, name: name, email: email, subjects: subjects, standing: standing)
    }
}
