public import Authority
public import Gate
import Synchronization

/// Who shares a store, and what is whose.
struct GatewayState: Sendable {
    var last: Int64 = 0
    /// Until when each gateway has its lease.
    var leases: [Int64: Timestamp] = [:]
    /// Whose call it is; absent for one of the only gateway.
    var calls: [CallID: Int64] = [:]
    var claims: [ApprovalID: Int64] = [:]
    /// By job.
    var leaders: [String: Int64] = [:]

    func isGone(_ gateway: Int64?) -> Bool { gateway.map { leases[$0] == nil } ?? true }
}

/// What gateways that share a store meet in, with the promises of the shared store: a lease that every commit shows, a claim
/// on what was approved, a leader for notices. A gateway without a lease is alone.
extension MemoryStore {
    /// A number that is never given twice.
    public func takeLease(until: Timestamp) -> Int64 {
        state.withLock { state in
            state.gateways.last += 1
            state.gateways.leases[state.gateways.last] = until
            return state.gateways.last
        }
    }

    /// - Returns: false when another gateway has taken over.
    public func renewLease(of gateway: Int64, until: Timestamp) -> Bool {
        state.withLock { state in
            guard state.gateways.leases[gateway] != nil else { return false }
            state.gateways.leases[gateway] = until
            return true
        }
    }

    /// A gateway that stops. With calls of its own still open its lease stays, and whoever takes over finds them.
    public func giveBackLease(of gateway: Int64) {
        state.withLock { state in
            if state.openCalls(of: gateway).isEmpty { state.gateways.leases[gateway] = nil }
        }
    }

    /// This gateway is gone: somebody found that its lease had run out.
    public func endLease() {
        state.withLock { state in if let lease { state.gateways.leases[lease] = nil } }
    }

    public func holds(_ lease: Int64?) -> Bool {
        state.withLock { state in lease.map { state.gateways.leases[$0] != nil } ?? true }
    }

    public var epochs: [EpochScope: Int64] { state.withLock(\.epochs) }

    public func epochs(of scopes: [EpochScope]) -> [EpochScope: Int64] {
        state.withLock { state in
            Dictionary(scopes.map { ($0, state.epochs[$0] ?? 0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// - Parameters:
    ///   - lease: whose commit it is.
    ///   - comparesLease: false for a store that was made wrong on purpose.
    public func apply(
        _ transaction: Transaction, by lease: Int64?, comparesLease: Bool = true, at now: Timestamp
    ) -> Result<Void, CommitError> {
        if comparesLease, !holds(lease) {
            return .failure(.unavailable("another gateway has taken over what this one had open"))
        }
        return apply(transaction, by: lease, at: now)
    }

    /// Whose leases have run out, and who has open calls without one.
    public func goneGateways(at now: Timestamp) -> [Int64] {
        state.withLock { state in
            let silent = state.gateways.leases.filter { $0.value < now }.map(\.key)
            let left = state.gateways.calls.filter { state.calls[$0.key]?.state == .open }.map(\.value)
                .filter(state.gateways.isGone)
            return Set(silent + left).sorted()
        }
    }

    public func openCalls(of gateway: Int64) -> [OpenCall] { state.withLock { $0.openCalls(of: gateway) } }

    /// What was approved and no other living gateway has claimed.
    public func claimApproved(by gateway: Int64?, limit: Int) -> [Approval] {
        state.withLock { state in
            let free = state.approvals.values.filter { approval in
                let claim = state.gateways.claims[approval.id]
                return approval.state == .approved && (claim == gateway || state.gateways.isGone(claim))
            }
            let claimed = Array(free.sorted { ($0.created, $0.id) < ($1.created, $1.id) }.prefix(limit))
            for approval in claimed { state.gateways.claims[approval.id] = gateway }
            return claimed
        }
    }

    /// Whether a job is this gateway's.
    public func leads(_ job: String, _ gateway: Int64?) -> Bool {
        state.withLock { state in
            let leader = state.gateways.leaders[job]
            guard leader == gateway || state.gateways.isGone(leader) else { return false }
            state.gateways.leaders[job] = gateway
            return true
        }
    }
}

extension MemoryState {
    func openCalls(of gateway: Int64) -> [OpenCall] {
        calls.values.filter { $0.state == .open && gateways.calls[$0.id] == gateway }
            .sorted { ($0.opened, $0.id.raw) < ($1.opened, $1.id.raw) }
    }

    /// Ends a gateway whose lease has run out, and once more for calls that it opened after somebody had looked.
    mutating func end(gateway: Int64) throws(CommitError) {
        guard gateway != 0 else { return }
        if let until = gateways.leases[gateway] {
            guard until < now else { throw .exists("gateway \(gateway)") }
            gateways.leases[gateway] = nil
        } else if openCalls(of: gateway).isEmpty {
            throw .exists("gateway \(gateway)")
        }
    }
}
