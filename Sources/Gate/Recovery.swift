import Authority
import Ledger
public import Logging
import Wire

/// What a gateway does before it takes calls: says that it started, and says `unknown` of every call whose intent is
/// durable and whose outcome isn't. It retries nothing.
public struct Recovery: Sendable {
    let commits: any Commits
    let calls: any OpenCalls
    let world: World
    let log: Logger

    public init(commits: any Commits, calls: any OpenCalls, world: World, log: Logger) {
        self.commits = commits
        self.calls = calls
        self.world = world
        self.log = log
    }

    /// - Returns: how many calls were found without an outcome.
    public func run(version: String) async throws -> Int {
        let count = try await takeOver()
        let started = try Leaf(
            kind: .epoch, time: world.now().microseconds,
            fields: ["started": .string(version), "unknown": .number(JSONNumber(count))])
        try await commits.commit(Transaction(leaves: [PlacedLeaf(started, in: .system)]))
        return count
    }

    /// Says `unknown` of the calls of every gateway that is gone, all of one gateway's in one commit, so that of several
    /// gateways that notice it one does.
    ///
    /// - Returns: how many calls that were.
    @discardableResult
    public func takeOver() async throws -> Int {
        var count = 0
        for abandoned in try await calls.abandonedCalls() {
            var transaction = Transaction(changes: [GateChange.endGateway(abandoned.gateway)])
            for call in abandoned.calls {
                try transaction.giveUp(call, "the gateway stopped before the outcome was recorded", at: world.now())
            }
            do {
                try await commits.commit(transaction)
            } catch CommitError.exists {
                continue
            }
            count += abandoned.calls.count
            for call in abandoned.calls {
                log.warning("outcome unknown", metadata: ["call": "\(call.id)", "tool": "\(call.tool)"])
            }
        }
        return count
    }
}

extension Transaction {
    /// Adds that nobody knows what became of a call.
    mutating func giveUp(_ call: OpenCall, _ reason: String, at time: Timestamp) throws {
        // A read has no effect to worry about: its row goes. Anything else stays, so that a repeat is told.
        let change = call.effect == .read ? GateChange.close(call.id) : GateChange.markUnknown(call.id)
        changes += [change, ApprovalChange.answered(call.id)] as [any StoredChange]
        let leaf = try Leaves.outcome(call.id, name: "unknown", detail: ["reason": .string(reason)], at: time)
        leaves.append(PlacedLeaf(leaf, in: .organization(call.organization)))
    }
}
