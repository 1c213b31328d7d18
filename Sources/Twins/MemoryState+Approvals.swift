import Authority
import Gate

extension MemoryState {
    mutating func apply(approval change: ApprovalChange) throws(CommitError) {
        switch change {
        case .park(let approval, let caps):
            let waiting = approvals.values.filter {
                $0.call.organization == approval.call.organization && $0.state == .waiting
            }
            try caps.check(approval, among: waiting)
            if approvals[approval.id] != nil
                || approval.state.isLive
                    && approvals.values.contains(where: { $0.asked == approval.asked && $0.state.isLive })
            {
                throw .exists(approval.id.raw)
            }
            approvals[approval.id] = approval
        case .step(let id, let step):
            guard let approval = approvals[id] else { throw .approval(id, "gone") }
            approvals[id] = try approval.after(step)
        case .answered(let call):
            guard let approval = approvals.values.first(where: { $0.state == .spent(call) }) else { return }
            approvals[approval.id] = try approval.after(.answer)
        case .open(let window):
            if windows[window.id] != nil { throw .exists(window.id.raw) }
            windows[window.id] = window
        case .window(let id, let step):
            guard let window = windows[id] else { throw .window(id) }
            windows[id] = try window.after(step)
        case .void(let scope, let reason):
            for approval in approvals.values where approval.state.isPending && scope.covers(approval) {
                approvals[approval.id] = try approval.after(.void(reason))
            }
            for window in windows.values where window.state == .open && scope.covers(window) {
                windows[window.id] = try window.after(.void(reason))
            }
        }
    }
}
