import Authority
import Broker
import Gate

extension MemoryState {
    mutating func apply(revocation change: RevocationChange) throws(CommitError) {
        switch change {
        case .add(let pending):
            guard revocations[pending.id] == nil else { throw .exists(pending.id) }
            revocations[pending.id] = pending
        case .claim(let pending, let due):
            guard let kept = revocations[pending.id], kept.attempts == pending.attempts else {
                throw .exists(pending.id)
            }
            revocations[pending.id] = kept.with(attempts: kept.attempts + 1, due: due)
        case .later(let id, let due):
            guard let kept = revocations[id] else { throw .exists(id) }
            revocations[id] = kept.with(attempts: kept.attempts, due: due)
        case .drop(let id): revocations[id] = nil
        }
    }
}

extension PendingRevocation {
    func with(sealed: [UInt8]? = nil, attempts: Int64, due: Timestamp) -> PendingRevocation {
        PendingRevocation(
            id: id, organization: organization, provider: provider, connection: connection, clientID: clientID,
            hint: hint, sealed: sealed ?? self.sealed, attempts: attempts, due: due,
            person: person)
    }
}
