public import Authority
public import Gate

extension Administration {
    /// The agents whose own memory this person may edit now, by name.
    public func agents(
        editedInMemoryBy person: PersonID, in organization: OrganizationID
    ) async throws(RegistryError) -> [AgentID] {
        let sharing = try await read { try await store.sharing(in: organization) }
        return try await agents(in: organization).filter {
            $0.definition.owner == person || sharing.rights(of: person, on: $0.record.id).contains(.editMemory)
        }.map(\.record.id).sorted()
    }

    /// What it stands on that a person is still here and may change what is theirs: to be compared in the commit.
    public func stillThere(
        _ person: PersonID, in organization: OrganizationID
    ) async throws(RegistryError) -> [EpochReading] {
        let unmoved = await readings(of: [.person(organization, person)])
        let standing = try await requirePerson(person, in: organization).standing
        guard standing == .active else {
            throw RegistryError(.refused, "the account of `\(person)` is \(standing.rawValue)")
        }
        return unmoved
    }
}
