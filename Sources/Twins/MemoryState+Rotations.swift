public import Authority
public import Broker
import Gate
import Synchronization

extension MemoryStore {
    public func rotation(of subject: HealthSubject, in organization: OrganizationID) async throws -> KeyRotation? {
        state.withLock { $0.rotations[KeyRotation.id(of: subject, in: organization)] }
    }

    public func rotations(in organization: OrganizationID) async throws -> [KeyRotation] {
        state.withLock { $0.rotations.values.filter { $0.organization == organization } }
            .sorted { $0.subject.text < $1.subject.text }
    }

    public func rotationsDue(by time: Timestamp, limit: Int) async throws -> [KeyRotation] {
        let due = state.withLock { $0.rotations.values.filter { $0.due <= time } }
        return Array(due.sorted { ($0.due, $0.id) < ($1.due, $1.id) }.prefix(limit))
    }
}

extension MemoryState {
    mutating func apply(rotation change: RotationChange) throws(CommitError) {
        switch change {
        case .add(let rotation):
            guard rotations[rotation.id] == nil else { throw .exists(rotation.id) }
            rotations[rotation.id] = rotation
        case .step(let rotation):
            guard rotations[rotation.id]?.version == rotation.version - 1 else { throw .exists(rotation.id) }
            rotations[rotation.id] = rotation
        case .drop(let subject, let organization): rotations[KeyRotation.id(of: subject, in: organization)] = nil
        }
    }
}
