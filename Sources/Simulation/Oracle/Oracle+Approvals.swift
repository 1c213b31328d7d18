import Authority
import Gate

extension Oracle {
    func take(approval change: ApprovalChange) {
        switch change {
        case .park(let approval, _): park(approval)
        case .step(let id, .agree(let person)): picture.approvals[id.raw]?.yes.insert(person.raw)
        case .step(let id, .spend): picture.approvals[id.raw]?.isSpent = true
        case .step, .answered: break
        case .open(let window):
            picture.windows[window.id.raw] = Picture.Window(
                ask: window.approval.raw, by: window.by.raw, until: window.until.microseconds, uses: window.usesLeft,
                agent: window.call.agent.raw, requester: window.call.requester.person?.raw ?? "",
                client: window.call.client.raw, tool: window.call.tool)
        case .window(let id, .revoke), .window(let id, .void): picture.windows[id.raw]?.isOpen = false
        case .window(_, .use): break
        case .void: void()
        }
    }

    private func park(_ approval: Approval) {
        picture.approvals[approval.id.raw] = Picture.Ask(
            organization: approval.call.organization.raw, agent: approval.call.agent.raw,
            requester: approval.call.requester.person?.raw ?? "", client: approval.call.client.raw,
            tool: approval.call.tool, needs: approval.needs.map { Set($0.map(\.raw)) },
            yes: Set(approval.yes.map(\.raw)), expires: approval.expires.microseconds)
    }

    /// What is void is found by what it stood on: the standing rules see it.
    private func void() {}
}
