public import Authority
import Ledger
import Wire

/// What a client may know of a call of its own that waits for a human. Nothing here agrees to anything.
extension ActionGate {
    /// The approval as it stands now, if exactly this client asked for it for this requester; nil for anybody else's. One
    /// whose arguments were edited leads to the one that took its place.
    public func ask(_ id: ApprovalID, of session: SessionKey) async throws -> Approval? {
        var next: ApprovalID? = id
        while let id = next {
            guard let approval = try await approvals.approval(id), approval.call.session == session else { return nil }
            switch approval.state {
            case .replaced(let other, _): next = other
            case .waiting, .approved, .spent, .answered, .delivered, .denied, .expired, .void: return approval
            }
        }
        return nil
    }

    /// Returns when the call has been answered or has ended without an effect, or when the time is up.
    public func settled(_ id: ApprovalID, of session: SessionKey, atMost limit: Duration) async throws -> Approval? {
        let end = ContinuousClock.now + limit
        while let approval = try await ask(id, of: session) {
            switch approval.state {
            case .waiting, .approved, .spent:
                guard ContinuousClock.now < end, !Task.isCancelled else { return approval }
                try? await Task.sleep(for: .milliseconds(200))
            case .answered, .delivered, .denied, .expired, .void, .replaced: return approval
            }
        }
        return nil
    }

    /// The answer of a call that was carried out, for the client that asked. It may be had again: nothing is done anew.
    /// Nil while there is none.
    public func answer(to approval: Approval) async throws -> Answer? {
        guard let call = approval.state.call else { return nil }
        switch approval.state {
        case .answered, .delivered: break
        case .waiting, .approved, .spent, .denied, .expired, .void, .replaced: return nil
        }
        guard let arguments = try await payloads.open(approval.argumentsPayload)?.objectValue else {
            return .withheld(call)
        }
        guard case .judged(let judged) = try await judge(approval.call.request(arguments), concurrent: 0) else {
            return .withheld(call)
        }
        switch judged.decision.verdict {
        case .permit, .ask: break
        case .connect, .deny: return .withheld(call)
        }
        switch approval.state {
        case .answered: return try await deliver(approval, call, judged)
        case .waiting, .approved, .spent, .delivered, .denied, .expired, .void, .replaced:
            return try await kept(approval, call)
        }
    }

    /// The client doesn't want it any more. What somebody has agreed to already may still happen.
    public func withdraw(_ approval: Approval) async throws {
        guard approval.state == .waiting else { return }
        do {
            try await end(approval, .void("the client withdrew it"), "approval.void")
        } catch CommitError.approval {
            // Decided at the same time.
        }
    }
}

extension ActionGate {
    /// For whoever administers an organization: who waits for whom, never the words.
    public func listApprovals(in organization: OrganizationID, pending: Bool) async throws -> [Approval] {
        try await approvals.approvals(in: organization, pending: pending, limit: 1_000)
    }
}

extension ParkedCall {
    var session: SessionKey {
        SessionKey(organization: organization, agent: agent, requester: requester, client: client)
    }
}
