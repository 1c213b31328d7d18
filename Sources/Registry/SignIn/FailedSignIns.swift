public import Authority
import Gate
import Synchronization
import Wire

/// Counts sign-ins that failed. However many a stranger tries, the ledger gets one record in a minute.
public final class FailedSignIns: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        var recorded: Timestamp?
    }

    private static let seconds: Int64 = 60

    private let administration: Administration
    private let organization: OrganizationID
    private let state = Mutex(State())

    public init(administration: Administration, organization: OrganizationID) {
        self.administration = administration
        self.organization = organization
    }

    /// - Parameter reason: one of a closed set of words, never what somebody sent.
    public func note(_ reason: String) async {
        let now = administration.world.now()
        let due = state.withLock { state -> [String: Int]? in
            state.counts[reason, default: 0] += 1
            if let last = state.recorded, now < last.adding(seconds: FailedSignIns.seconds) { return nil }
            state.recorded = now
            defer { state.counts = [:] }
            return state.counts
        }
        if let due { await record(due) }
    }

    /// Records what was counted and not recorded yet.
    public func flush() async {
        let due = state.withLock { state in
            defer { state.counts = [:] }
            return state.counts
        }
        if !due.isEmpty { await record(due) }
    }

    /// What can't be recorded now is counted again.
    private func record(_ counts: [String: Int]) async {
        let reasons = counts.sorted { $0.key < $1.key }.map { ($0.key, JSON.number(JSONNumber($0.value))) }
        do {
            try await administration.commit(
                Transaction(leaves: [
                    try administration.leaf(
                        [
                            "change": "login.failed", "by": "nobody",
                            "count": .number(JSONNumber(counts.values.reduce(0, +))),
                            "reasons": .object(JSONObject(reasons)),
                        ], in: organization)
                ]))
        } catch {
            state.withLock { $0.counts.merge(counts, uniquingKeysWith: +) }
        }
    }
}
