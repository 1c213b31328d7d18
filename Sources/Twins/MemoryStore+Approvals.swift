public import Authority
public import Gate
import Synchronization
public import Wire

extension MemoryStore: ApprovalStore {
    public func approval(_ id: ApprovalID) async throws -> Approval? { state.withLock { $0.approvals[id] } }

    public func approval(asked: Digest) async throws -> Approval? {
        state.withLock { state in
            state.approvals.values.filter { $0.asked == asked }.max {
                ($0.state.isLive ? 1 : 0, $0.created, $0.id) < ($1.state.isLive ? 1 : 0, $1.created, $1.id)
            }
        }
    }

    public func approvals(in organization: OrganizationID?, pending: Bool, limit: Int) async throws -> [Approval] {
        state.withLock { state in
            Array(
                state.approvals.values
                    .filter {
                        (organization == nil || $0.call.organization == organization)
                            && (!pending || $0.state.isPending)
                    }
                    .sorted { ($0.created, $0.id) > ($1.created, $1.id) }.prefix(limit))
        }
    }

    public func claimApproved(limit: Int) async throws -> [Approval] {
        state.withLock { state in
            Array(
                state.approvals.values.filter { $0.state == .approved }
                    .sorted { ($0.created, $0.id) < ($1.created, $1.id) }.prefix(limit))
        }
    }

    public func window(_ id: WindowID) async throws -> GrantWindow? { state.withLock { $0.windows[id] } }

    public func windows(in organization: OrganizationID, open: Bool, limit: Int) async throws -> [GrantWindow] {
        state.withLock { state in
            Array(
                state.windows.values
                    .filter { $0.call.organization == organization && (!open || $0.state == .open) }
                    .sorted { ($0.created, $0.id) > ($1.created, $1.id) }.prefix(limit))
        }
    }
}
