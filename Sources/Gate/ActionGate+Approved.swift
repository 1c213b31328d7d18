import Authority
import Logging
import Wire

/// What became of carrying out an approval.
enum ApprovedRun: Sendable, Hashable {
    /// Its one use is spent; the answer waits for the client.
    case finished
    /// Nothing was done, and nothing will be.
    case ended(String)
    /// A budget is full, or the store can't write: the approval stays, and is tried again.
    case later
}

extension ActionGate {
    /// Carries out what was agreed to, once. What was shown is judged anew: if the agent, the tool, the account or the
    /// approver's right has changed meanwhile, the approval is void and nothing is done.
    func carryOut(approved id: ApprovalID) async -> ApprovedRun {
        do {
            guard let approval = try await approvals.approval(id), approval.state == .approved else {
                return .ended("the approval isn't waiting to be carried out")
            }
            guard world.now() < approval.expires else {
                try await end(approval, .expire, "approval.expired")
                return .ended("the approval has expired")
            }
            guard let arguments = try await payloads.open(approval.argumentsPayload)?.objectValue else {
                return try await void(approval, "its arguments were erased")
            }
            let answer = await repeatedly(approval.call.request(arguments)) { judged, call in
                try await attempt(approval, judged, call)
            }
            // What was agreed to is spent: whoever asks again after a refusal is led to what it lacks, and asks anew.
            return try await finish(approval, answer)
        } catch {
            log.error("approval could not be carried out", metadata: ["approval": "\(id)", "error": "\(error)"])
            return .later
        }
    }

    private func attempt(_ approval: Approval, _ judged: JudgedRequest, _ call: CallID) async throws -> Attempt {
        guard judged.isShown(by: approval.digest) else { return .answered(.notSent(call, ActionGate.changed)) }
        let agreeing = try await judged.authority.directory.active(approval.yes)
        let agreed = judged.decided(with: agreeing.sorted().map { Evidence(kind: .approval, by: $0) })
        switch agreed.decision.verdict {
        case .permit: return try await permitted(agreed, call, by: .approval(approval))
        case .ask, .connect, .deny: return .answered(refusal(agreed.decision))
        }
    }

    /// A call that wasn't carried out leaves its approval void, unless waiting helps.
    private func finish(_ approval: Approval, _ answer: Answer) async throws -> ApprovedRun {
        guard let now = try await approvals.approval(approval.id), now.state == .approved else {
            return .finished
        }
        switch answer {
        case .deny(let findings) where findings.allSatisfy({ $0.layer == .budget }): return .later
        case .unavailable, .pending(_, .open): return .later
        case .pending(_, .unknown):
            return try await void(
                approval, "the same call was made before, and nobody knows whether it was done")
        case .ask: return try await void(approval, "the approver may not agree to it any more")
        case .deny(let findings), .connect(let findings):
            return try await void(approval, findings.map(\.sentence).joined(separator: "; "))
        case .invalid(let violations):
            return try await void(approval, violations.map(\.description).joined(separator: "; "))
        case .noSuchTool: return try await void(approval, "the tool isn't there any more")
        case .notSent(_, let reason): return try await void(approval, reason)
        case .done, .edited, .refused, .unknown, .withheld, .declined, .tooManyAsks: return .finished
        }
    }

    private func void(_ approval: Approval, _ reason: String) async throws -> ApprovedRun {
        try await end(approval, .void(reason), "approval.void")
        return .ended(reason)
    }
}
