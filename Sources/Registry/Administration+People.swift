public import Authority
import Definition
public import Gate
import Wire

extension Administration {
    public func addOrganization(
        _ id: OrganizationID, name: String, domains: [String], by administrator: Administrator
    ) async throws(RegistryError) {
        try checkName(id.raw, what: "an organization")
        let record = OrganizationRecord(
            id: id, name: name, domains: domains.map { $0.lowercased() }, standing: .active)
        try await change(
            [.addOrganization(record)], under: [], bumping: [.organization(id)], "organization.added",
            ["organization": .string(id.raw), "domains": .array(domains.map { .string($0) })], by: administrator, in: id
        )
    }

    /// The kill switch: nothing acts in this organization until it is cleared.
    public func setStopped(
        _ isStopped: Bool, _ id: OrganizationID, by administrator: Administrator
    ) async throws(RegistryError) {
        guard isStopped else { return try await setStoppedOnce(false, id, by: administrator) }
        try await again { () async throws(RegistryError) in
            try await setStoppedOnce(true, id, by: administrator)
        }
    }

    private func setStoppedOnce(
        _ isStopped: Bool, _ id: OrganizationID, by administrator: Administrator
    ) async throws(RegistryError) {
        let unmoved = await [reading(.organization(id))]
        let organization = try await requireOrganization(id)
        let record = OrganizationRecord(
            id: id, name: organization.name, domains: organization.domains,
            standing: isStopped ? .suspended : .active)
        try await change(
            [.replaceOrganization(record)], under: unmoved, bumping: [.organization(id)],
            isStopped ? "organization.stopped" : "organization.resumed", ["organization": .string(id.raw)],
            by: administrator, in: id)
    }

    /// Adds a person, or records more of somebody's ids at providers.
    ///
    /// - Returns: the person as stored.
    public func addPerson(
        _ id: PersonID, name: String?, email: String?, subjects: [ProviderID: String],
        by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> PersonRecord {
        try await again { () async throws(RegistryError) in
            try await addPersonOnce(
                id, name: name, email: email, subjects: subjects, by: administrator, in: organization)
        }
    }

    private func addPersonOnce(
        _ id: PersonID, name: String?, email: String?, subjects: [ProviderID: String],
        by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> PersonRecord {
        try checkName(id.raw, what: "a person")
        // Every change of people bumps the organization's epoch: two can't take one address.
        let unmoved = await [reading(.organization(organization)), reading(.person(organization, id))]
        let providers = shelf.catalogue.providers.map(\.raw)
        for provider in subjects.keys where !providers.contains(provider.raw) {
            throw RegistryError(
                .invalid, "no provider is called `\(provider)`", hint: suggestion(for: provider.raw, among: providers))
        }
        let known = try await read { try await store.person(id, in: organization) }
        // A new beginning: nothing of what they had comes back.
        let isBack = known?.standing == .removed
        let tenant = try await requireOrganization(organization)
        let address = try checked(email ?? (isBack ? nil : known?.email), of: id, in: tenant)
        if let other = try await read({ try await store.person(at: address, in: organization) }), other.id != id {
            throw RegistryError(.exists, "`\(address)` is the address of `\(other.id)`")
        }
        let people = subjects.isEmpty ? [] : try await read { try await store.people(in: organization) }
        for (provider, subject) in subjects {
            if let other = people.first(where: { $0.id != id && $0.subjects[provider] == subject }) {
                throw RegistryError(.exists, "`\(subject)` at `\(provider)` is `\(other.id)`")
            }
        }
        let record = PersonRecord(
            id: id, organization: organization, name: name ?? (isBack ? nil : known?.name) ?? id.raw, email: address,
            subjects: isBack ? subjects : (known?.subjects ?? [:]).merging(subjects) { _, new in new },
            standing: isBack ? .active : known?.standing ?? .active)
        var changes: [any StoredChange] = [
            known == nil ? RegistryChange.addPerson(record) : RegistryChange.replacePerson(record)
        ]
        if isBack { changes.append(DepartureChange.comeBack(organization, id)) }
        do throws(RegistryError) {
            try await commit(
                Transaction(
                    requires: unmoved, bumps: [.organization(organization), .person(organization, id)],
                    changes: changes,
                    leaves: [
                        try leaf(
                            [
                                "change": .string(
                                    known == nil ? "person.added" : isBack ? "person.returned" : "person.changed"),
                                "by": .string(administrator.text), "person": .string(id.raw),
                                "email": .string(address),
                                "subjects": .object(
                                    JSONObject(
                                        record.subjects.sorted { $0.key < $1.key }.map {
                                            ($0.key.raw, .string($0.value))
                                        })),
                            ], in: organization)
                    ]))
        } catch {
            guard isBack, error.code == .exists else { throw error }
            throw RegistryError(
                .refused, "secrets of `\(id)` are still being destroyed",
                hint: "`deputy people offboard \(id)` finishes that")
        }
        return record
    }

    private func checked(
        _ email: String?, of id: PersonID, in organization: OrganizationRecord
    ) throws(RegistryError) -> String {
        guard let email = email?.lowercased() else {
            throw RegistryError(
                .invalid, "`\(id)` needs an address",
                hint: "add `--email \(id)@\(organization.domains.first ?? "example.org")`")
        }
        let domain = email.split(separator: "@", omittingEmptySubsequences: false).dropFirst().joined(separator: "@")
        guard organization.domains.contains(domain) else {
            throw RegistryError(
                .invalid, "`\(email)` isn't an address of `\(organization.name)`",
                hint: "its domains are \(organization.domains.map { "`\($0)`" }.joined(separator: ", "))")
        }
        return email
    }

    public func people(in organization: OrganizationID) async throws(RegistryError) -> [PersonRecord] {
        try await read { try await store.people(in: organization) }
    }

    public func person(_ id: PersonID, in organization: OrganizationID) async throws(RegistryError) -> PersonRecord {
        try await requirePerson(id, in: organization)
    }

    public func organizations() async throws(RegistryError) -> [OrganizationRecord] {
        try await read { try await store.organizations() }
    }

    /// Forgets what this person's sessions with this agent have seen. A person's doing, never a client's.
    public func clearSessions(
        of person: PersonID, with agent: AgentID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        _ = try await requirePerson(person, in: organization)
        try await commit(
            Transaction(
                changes: [GateChange.clearSessions(organization, agent, person)],
                leaves: [
                    try leaf(
                        [
                            "change": "sessions.cleared", "by": .string(administrator.text),
                            "agent": .string(agent.raw), "person": .string(person.raw),
                        ], in: organization)
                ]))
    }

    /// Forgets what one session has seen.
    public func clearSession(_ key: SessionKey, by administrator: Administrator) async throws(RegistryError) {
        var fields: JSONObject = [
            "change": "sessions.cleared", "by": .string(administrator.text), "agent": .string(key.agent.raw),
            "client": .string(key.client.raw),
        ]
        if let person = key.requester.person { fields["person"] = .string(person.raw) }
        try await commit(
            Transaction(
                changes: [GateChange.clearSession(key)], leaves: [try leaf(fields, in: key.organization)]))
    }
}
