import Authority
import Broker
import Gate

extension TransactionWriter {
    private static let addRotation = Query(
        """
        INSERT INTO key_rotations (id, organization, subject, provider, object, tenant, grace, step, key_id, next_id, sealed,
          attempts, due, problem, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let stepRotation = Query(
        """
        UPDATE key_rotations SET object = $1, tenant = $2, grace = $3, step = $4, key_id = $5, next_id = $6, sealed = $7,
          attempts = $8, due = $9, problem = $10, version = $11 WHERE id = $12 AND version + 1 = $11 RETURNING id
        """)
    private static let dropRotation = Query("DELETE FROM key_rotations WHERE id = $1")

    mutating func apply(rotation change: RotationChange) async throws {
        switch change {
        case .add(let rotation):
            let place: [any Storable] = [
                rotation.id, rotation.organization.raw, rotation.subject.text, rotation.provider.raw,
            ]
            try await mustChange(TransactionWriter.addRotation, place + rotation.row, rotation.id)
        case .step(let rotation):
            try await mustChange(TransactionWriter.stepRotation, rotation.row + [rotation.id], rotation.id)
            if rotation.sealed.isEmpty { noteShredding() }
        case .drop(let subject, let organization):
            try await session.run(
                TransactionWriter.dropRotation, [KeyRotation.id(of: subject, in: organization)])
            noteShredding()
        }
    }
}

extension KeyRotation {
    fileprivate var row: [any Storable] {
        [
            place.object, place.tenant, grace, step.rawValue, keyID, nextID, sealed, attempts, due.microseconds,
            problem,
            version,
        ]
    }
}
