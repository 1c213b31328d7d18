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
        let open = try await calls.openCalls().filter { $0.state == .open }
        for call in open {
            let now = world.now()
            // A read has no effect to worry about: its row goes. Anything else stays, so that a repeat is told.
            let change: any StoredChange =
                call.effect == .read ? GateChange.close(call.id) : GateChange.markUnknown(call.id)
            let leaf = try Leaves.outcome(
                call.id, name: "unknown", detail: ["reason": "the gateway stopped before the outcome was recorded"],
                at: now)
            try await commits.commit(
                Transaction(
                    changes: [change, ApprovalChange.answered(call.id)],
                    leaves: [PlacedLeaf(leaf, in: .organization(call.organization))]))
            log.warning("outcome unknown", metadata: ["call": "\(call.id)", "tool": "\(call.tool)"])
        }
        let started = try Leaf(
            kind: .epoch, time: world.now().microseconds,
            fields: ["started": .string(version), "unknown": .number(JSONNumber(open.count))])
        try await commits.commit(Transaction(leaves: [PlacedLeaf(started, in: .system)]))
        return open.count
    }
}
