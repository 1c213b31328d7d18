public import Authority
public import Broker
import Gate

extension SQLStore {
    private static let rotation = Query("SELECT * FROM key_rotations WHERE id = $1")
    private static let rotations = Query("SELECT * FROM key_rotations WHERE organization = $1 ORDER BY subject")
    private static let rotationsDue = Query("SELECT * FROM key_rotations WHERE due <= $1 ORDER BY due, id LIMIT $2")

    public func rotation(of subject: HealthSubject, in organization: OrganizationID) async throws -> KeyRotation? {
        try await row(SQLStore.rotation, [KeyRotation.id(of: subject, in: organization)]).map(KeyRotation.init(row:))
    }

    public func rotations(in organization: OrganizationID) async throws -> [KeyRotation] {
        try await rows(SQLStore.rotations, [organization.raw]).map(KeyRotation.init(row:))
    }

    public func rotationsDue(by time: Timestamp, limit: Int) async throws -> [KeyRotation] {
        try await rows(SQLStore.rotationsDue, [time.microseconds, limit]).map(KeyRotation.init(row:))
    }
}

extension KeyRotation {
    fileprivate init(row: Row) throws {
        let provider = ProviderID(try row["provider"])
        guard let subject = HealthSubject(ofSecret: try row["subject"], at: provider),
            let step = RotationStep(rawValue: try row["step"])
        else { throw StorageError(.corrupt, "a rotation of keys can't be read") }
        self.init(
            organization: OrganizationID(try row["organization"]),
            subject: subject, provider: provider,
            place: RotationPlace(object: try row["object"], tenant: try row["tenant"]), grace: try row["grace"],
            step: step, keyID: try row["key_id"], nextID: try row["next_id"], sealed: try row["sealed"],
            attempts: try row["attempts"], due: Timestamp(microseconds: try row["due"]), problem: try row["problem"],
            version: try row["version"])
    }
}
