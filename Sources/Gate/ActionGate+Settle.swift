import Authority
import Logging

extension ActionGate {
    /// Says `unknown` of the calls that this gateway has open and that nothing here carries out any more: the store failed
    /// when their outcome, or the answer about their intent, was due. It retries nothing.
    ///
    /// - Returns: how many calls that were.
    @discardableResult
    public func settle(_ calls: any OpenCalls) async throws -> Int {
        var count = 0
        // Read before looking who is under way: a call begins to be before it is open.
        for call in try await calls.ownCalls() where !inFlight.contains(call.id) {
            var transaction = Transaction()
            try transaction.giveUp(call, "the store failed before the outcome was recorded", at: world.now())
            do {
                try await commits.commit(transaction)
            } catch CommitError.exists {
                // Its outcome was on its way.
                continue
            }
            count += 1
            log.warning("outcome unknown", metadata: ["call": "\(call.id)", "tool": "\(call.tool)"])
        }
        return count
    }
}
