import Authority
import Gate

extension Oracle {
    func take(approval change: ApprovalChange, at moment: Int) {
        switch change {
        case .park(let approval, _): park(approval)
        case .step(let id, .agree(let person)): picture.approvals[id.raw]?.yes.insert(person.raw)
        case .step(let id, .spend): happened(to: id.raw, .spend, at: moment)
        case .step(let id, .void), .step(let id, .expire), .step(let id, .replace):
            happened(to: id.raw, .end, at: moment)
        case .step(_, .deny), .step(_, .answer), .step(_, .deliver), .answered: break
        case .open(let window):
            picture.windows[window.id.raw] = Picture.Window(
                ask: window.approval.raw, by: window.by.raw, until: window.until.microseconds, uses: window.usesLeft,
                agent: window.call.agent.raw, requester: window.call.requester.person?.raw ?? "",
                client: window.call.client.raw, tool: window.call.tool)
        case .window(let id, .revoke), .window(let id, .void): picture.windows[id.raw]?.isOpen = false
        case .window(_, .use): break
        case .void(let scope, _): mayHaveEnded(in: scope.organization, at: moment)
        }
    }

    private func park(_ approval: Approval) {
        picture.approvals[approval.id.raw] = Picture.Ask(
            organization: approval.call.organization.raw, agent: approval.call.agent.raw,
            requester: approval.call.requester.person?.raw ?? "", client: approval.call.client.raw,
            tool: approval.call.tool, needs: approval.needs.map { Set($0.map(\.raw)) },
            yes: Set(approval.yes.map(\.raw)), wasAgreed: approval.state == .approved,
            expires: approval.expires.microseconds)
    }
}

extension VoidScope {
    /// Whose approvals it can be about.
    fileprivate var organization: String {
        switch self {
        case .everything: ""
        case .person(let organization, _), .agent(let organization, _), .use(let organization, _, _),
            .client(let organization, _), .guest(let organization, _):
            organization.raw
        }
    }
}
