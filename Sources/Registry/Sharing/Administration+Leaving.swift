public import Authority
import Definition
import Gate
import Wire

extension Administration {
    /// The person can do nothing until they are resumed, and everything that stood open for them has ended: tokens,
    /// sessions, agreements, approvals, windows.
    public func suspendPerson(
        _ id: PersonID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> PersonRecord {
        try await again { () async throws(RegistryError) in
            try await suspendOnce(id, by: administrator, in: organization)
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
                hint: person.standing == .removed ? "`deputy people add \(id)` takes them in anew" : nil)
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

    private func suspendOnce(
        _ id: PersonID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> PersonRecord {
        var edit = await SharingEdit(self, organization)
        let scopes = await readings(of: [.person(organization, id), .organization(organization)])
        let person = try await requirePerson(id, in: organization)
        guard person.standing == .active else {
            throw RegistryError(.refused, "the account of `\(id)` is \(person.standing.rawValue) already")
        }
        let record = person.with(.suspended)
        edit = edit.adding([RegistryChange.replacePerson(record)], affecting: [id])
        edit.transaction.requires += scopes
        edit.transaction.bumps.append(.organization(organization))
        let tokens = try await endEverything(of: id, because: "`\(id)` was suspended", &edit, by: administrator)
        try await commit(
            edit, "person.suspended", ["person": .string(id.raw), "tokens": .array(tokens.map { .string($0.raw) })],
            by: administrator)
        return record
    }

    /// Everything that stands open for a person: who is suspended may have new ones later, who leaves doesn't.
    func endEverything(
        of person: PersonID, because reason: String, _ edit: inout SharingEdit, by administrator: Administrator
    ) async throws(RegistryError) -> [ClientID] {
        let organization = edit.organization
        let tokens = try await tokens(in: organization).filter { $0.person == person && $0.state != .revoked }
        edit.transaction.bumps += tokens.map { .client($0.id) }
        edit.transaction.changes += [
            SharingChange.forgetPerson(organization, person),
            ApprovalChange.void(.person(organization, person), reason: reason),
            BrowserChange.endAll(organization, person),
            ScheduleChange.pause(organization, of: person, reason: reason),
        ]
        edit.transaction.leaves += [
            try leaf(
                [
                    "change": "person.ended", "by": .string(administrator.text), "person": .string(person.raw),
                    "because": .string(reason),
                    "ended": [
                        "tokens", "agreements", "sessions", "approvals", "windows", "browser-sessions", "login-links",
                        "schedules",
                    ],
                ], in: organization)
        ]
        return tokens.map(\.id)
    }
}

extension PersonRecord {
    func with(_ standing: Standing) -> PersonRecord {
        PersonRecord(
            id: id, organization: organization, name: name, email: email, subjects: subjects, standing: standing)
    }
}
