public import Authority
import Wire

/// Who may read payloads, as the store keeps it.
public enum PayloadReaders {
    private static let document = "payload-readers"

    public static func read(
        _ store: any RegistryStore, in organization: OrganizationID
    ) async throws -> Set<PersonID> {
        let kept = try await store.document(document, in: organization)
        return Set((kept?.arrayValue ?? []).compactMap { $0.stringValue.map { PersonID($0) } })
    }

    /// These and no others from now on.
    public static func change(to readers: Set<PersonID>, in organization: OrganizationID) -> RegistryChange {
        .setDocument(organization, document, .array(readers.sorted().map { .string($0.raw) }))
    }
}
