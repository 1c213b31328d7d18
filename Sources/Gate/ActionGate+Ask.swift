import Authority
import Ledger
import Logging
import Wire

extension ActionGate {
    /// A call that a human has to agree to: what was done for an earlier ask of it waits for this repeat; else an open
    /// window stands for the answer; else it waits, once.
    func asked(_ judged: JudgedRequest, _ call: CallID) async throws -> Attempt {
        let earlier = try await approvals.approval(asked: judged.asked)
        if let earlier, earlier.state != .waiting, let answer = try await answer(to: earlier, judged) {
            return .answered(answer)
        }
        if let window = try await window(for: judged) {
            let agreed = judged.decided(with: [Evidence(kind: .window, by: window.by)])
            switch agreed.decision.verdict {
            case .permit:
                if let earlier, earlier.state == .waiting {
                    try await end(earlier, .void("a window was opened for it"), "approval.void")
                }
                return try await permitted(agreed, call, by: .window(window))
            case .ask, .connect, .deny: break
            }
        }
        if let earlier, earlier.state == .waiting, let answer = try await answer(to: earlier, judged) {
            return .answered(answer)
        }
        return try await park(judged, call)
    }

    /// The window that is open for exactly this call, of somebody who can still agree.
    private func window(for judged: JudgedRequest) async throws -> GrantWindow? {
        guard judged.open.allSatisfy({ $0.accepts.contains(.window) }) else { return nil }
        let now = world.now()
        let covering = try await approvals.windows(in: judged.request.organization, open: true, limit: 10_000)
            .filter { $0.covers(judged, at: now) }
        let active = try await judged.authority.directory.active(Set(covering.map(\.by)))
        return covering.first { active.contains($0.by) }
    }

    /// What became of an earlier ask of the same call by the same client; nil when this is a new one.
    func whatBecame(of judged: JudgedRequest) async throws -> Answer? {
        guard let earlier = try await approvals.approval(asked: judged.asked) else { return nil }
        return try await answer(to: earlier, judged)
    }

    private func answer(to earlier: Approval, _ judged: JudgedRequest) async throws -> Answer? {
        let findings = judged.decision.decisive
        switch earlier.state {
        case .waiting:
            if world.now() >= earlier.expires {
                try await end(earlier, .expire, "approval.expired")
                return nil
            }
            guard !findings.isEmpty else {
                try await end(earlier, .void("nobody has to agree any more"), "approval.void")
                return nil
            }
            guard judged.isShown(by: earlier.digest) || earlier.editedFrom != nil else {
                try await end(earlier, .void(ActionGate.changed), "approval.void")
                return nil
            }
            return .ask(findings, AskTicket(earlier))
        case .approved, .spent:
            return .ask(findings, AskTicket(earlier))
        case .answered(let call):
            return try await deliver(earlier, call, judged)
        case .denied(let person, let reason):
            guard !findings.isEmpty, world.now() < earlier.expires else { return nil }
            return .declined(earlier.id, by: person, reason: reason)
        case .delivered, .expired, .void, .replaced:
            return nil
        }
    }

    static let changed = "the agent, the tool or the account has changed since it was asked"

    /// Ends an approval without an effect.
    func end(_ approval: Approval, _ step: ApprovalStep, _ what: String) async throws {
        var more: JSONObject = [:]
        switch step {
        case .void(let reason): more["reason"] = .string(reason)
        case .agree, .deny, .replace, .expire, .spend, .answer, .deliver: break
        }
        let leaf = try Leaves.approval(what, approval, more, at: world.now())
        try await commit(
            Transaction(
                changes: [ApprovalChange.step(approval.id, step)],
                leaves: [PlacedLeaf(leaf, in: .organization(approval.call.organization))]))
    }

    /// Hands the waiting answer to the one repeat that it is for.
    func deliver(_ approval: Approval, _ call: CallID, _ judged: JudgedRequest) async throws -> Answer {
        let leaf = try Leaves.approval(
            "approval.delivered", approval, ["call": .string(call.raw)], at: world.now())
        try await commit(
            Transaction(
                requires: judged.gathered.epochs, changes: [ApprovalChange.step(approval.id, .deliver)],
                leaves: [PlacedLeaf(leaf, in: .organization(approval.call.organization))]))
        return try await kept(approval, call)
    }

    func kept(_ approval: Approval, _ call: CallID) async throws -> Answer {
        let answer = Answer(stored: try await payloads.open(approval.answerPayload), of: call)
        guard approval.editedFrom != nil, let editor = approval.yes.first else { return answer }
        let arguments = try await payloads.open(approval.argumentsPayload)?.objectValue ?? [:]
        return .edited(by: editor, arguments, answer)
    }

    /// Keeps the call until a human has answered.
    private func park(_ judged: JudgedRequest, _ call: CallID) async throws -> Attempt {
        let findings = judged.decision.decisive
        let approval = newApproval(of: judged, asked: judged.asked)
        let active = try await judged.authority.directory.active(approval.needs.reduce(into: []) { $0.formUnion($1) })
        let isHopeless = approval.needs.contains { $0.isDisjoint(with: active) }
        let kept = try payloads.keep(.object(judged.gathered.arguments), id: "\(call)/arguments")
        let leaf = try Leaves.decision(
            call, judged, arguments: kept.digest, parked: isHopeless ? nil : approval.id, at: world.now())
        var changes: [any StoredChange] = [GateChange.keep(kept.row)]
        if !isHopeless {
            let arguments = try payloads.keep(.object(judged.gathered.arguments), id: approval.argumentsPayload)
            if judged.tool.spec.effect != .read { changes.insert(GateChange.noneOpen(judged.digest), at: 0) }
            changes += [ApprovalChange.park(approval, asking.caps), GateChange.keep(arguments.row)]
            changes += asking.notices(approval)
        }
        do throws(CommitError) {
            try await commit(
                Transaction(
                    requires: judged.gathered.epochs, changes: changes,
                    leaves: [PlacedLeaf(leaf, in: .organization(judged.request.organization))]))
        } catch {
            // The same call was parked at the same moment: this one finds it.
            if case .exists = error { return .decideAgain }
            throw error
        }
        tally.add(\.ask, to: .organization(judged.request.organization))
        if !isHopeless { asking.wake(approval) }
        return .answered(.ask(findings, isHopeless ? nil : AskTicket(approval)))
    }

    func newApproval(
        of judged: JudgedRequest, asked: Digest, editedFrom: ApprovalID? = nil, yes: Set<PersonID> = []
    ) -> Approval {
        let now = world.now()
        let obligations = judged.open
        var needs: [Set<PersonID>] = []
        for obligation in obligations where !needs.contains(obligation.approvers) { needs.append(obligation.approvers) }
        let approval = Approval(
            id: ApprovalID(world.newID("apr")), call: judged.parked, binding: judged.binding, digest: judged.shown,
            asked: asked, needs: needs, allowsWindow: obligations.allSatisfy { $0.accepts.contains(.window) },
            created: now, expires: now.adding(seconds: asking.seconds), editedFrom: editedFrom, yes: yes)
        guard editedFrom != nil, approval.isAgreed else { return approval }
        var agreed = approval
        agreed.state = .approved
        return agreed
    }
}
