public import Authority
import Gate
import Wire

/// Who may read arguments and results of other people's calls: a role of its own, which nobody has by being somebody else,
/// not an agent's owner, and not the operator.
extension Administration {
    public func payloadReaders(in organization: OrganizationID) async throws(RegistryError) -> Set<PersonID> {
        try await read { try await PayloadReaders.read(store, in: organization) }
    }

    /// Gives the role to a person, or ends it.
    public func setPayloadReader(
        _ id: PersonID, _ may: Bool, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        try await again { () async throws(RegistryError) in
            let unmoved = await readings(of: [.organization(organization), .person(organization, id)])
            let person = try await requirePerson(id, in: organization)
            var readers = try await payloadReaders(in: organization)
            guard readers.contains(id) != may else {
                throw RegistryError(
                    .refused, "`\(id)` \(may ? "has" : "doesn't have") the role `payload_reader` already")
            }
            guard !may || person.standing == .active else {
                throw RegistryError(.refused, "the account of `\(id)` is \(person.standing.rawValue)")
            }
            if may { readers.insert(id) } else { readers.remove(id) }
            try await change(
                [PayloadReaders.change(to: readers, in: organization)], under: unmoved,
                bumping: [.organization(organization), .person(organization, id)],
                may ? "person.role-granted" : "person.role-ended",
                ["person": .string(id.raw), "role": "payload_reader"], by: administrator, in: organization)
        }
    }
}
