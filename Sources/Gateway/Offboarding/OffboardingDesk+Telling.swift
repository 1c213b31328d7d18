import Authority
import Broker
import OAuth

extension OffboardingDesk {
    /// So many providers' answers are waited for; the others are told by whoever tells them anyway.
    private static let mostTold = 40
    private static let lanes = 8

    /// Tells providers of the first ones at once.
    func tell(_ batch: LeavingBatch) async -> [ProviderID: ToldProvider] {
        let revocations = revocations
        let some = batch.queued.prefix(OffboardingDesk.mostTold)
        return await withTaskGroup(of: (ProviderID, RevocationOutcome?).self) { group in
            var told: [ProviderID: ToldProvider] = [:]
            for (number, queued) in some.enumerated() {
                if number >= OffboardingDesk.lanes, let (provider, outcome) = await group.next() {
                    told[provider, default: ToldProvider()].take(outcome)
                }
                group.addTask { (queued.provider, await revocations.tell(queued.connection)) }
            }
            for await (provider, outcome) in group { told[provider, default: ToldProvider()].take(outcome) }
            return told
        }
    }
}

/// What one provider answered.
struct ToldProvider {
    private(set) var ended = 0
    /// It ends no such token, or not for us: they live there until they expire.
    private(set) var refused = 0

    mutating func take(_ outcome: RevocationOutcome?) {
        switch outcome {
        case .revoked: ended += 1
        case .unsupported, .refused: refused += 1
        case .alive, nil: break
        }
    }
}
