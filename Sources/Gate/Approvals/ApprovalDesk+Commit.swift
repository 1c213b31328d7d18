import Authority
import Ledger
import Wire

/// What one answer commits.
struct Commitment {
    let what: String
    let changes: [any StoredChange]
    let more: JSONObject
    var requires: [EpochReading] = []
}

extension ApprovalDesk {
    /// Takes one answer: by somebody who is entitled now, to what was shown, while it waits. All that is compared in the
    /// commit, so that of two answers one counts and the other is told.
    func answering(
        _ id: ApprovalID, _ person: PersonID, _ organization: OrganizationID, _ shown: Digest,
        _ answer: (Approval, JudgedRequest) throws(ApprovalError) -> Commitment
    ) async throws(ApprovalError) -> Approval {
        for _ in 0..<ActionGate.tries {
            let approval = try await waiting(id, for: person, in: organization)
            guard shown == approval.digest else { throw .changed }
            let judged = try await stillStanding(approval)
            guard try await isEntitled(person, judged) else { throw .notEntitled }
            let commitment = try answer(approval, judged)
            do {
                try await commit(commitment, approval, person, under: judged.gathered.epochs)
                return approval
            } catch {
                try rethrow(unlessCrossed: error)
            }
        }
        throw .unavailable("its facts keep changing; try again")
    }

    /// Ends an approval whose call can't be judged any more, by the word of somebody whom it waits for.
    ///
    /// - Returns: whether it did. Otherwise the call can be judged, or nothing is known any more that it could be.
    func ended(
        impossible id: ApprovalID, _ person: PersonID, _ organization: OrganizationID, _ shown: Digest,
        by commitment: Commitment
    ) async throws(ApprovalError) -> Bool {
        for _ in 0..<ActionGate.tries {
            let approval = try await waiting(id, for: person, in: organization)
            guard shown == approval.digest else { throw .changed }
            let arguments = try await read { try await gate.payloads.open(approval.argumentsPayload)?.objectValue }
            let request = approval.call.request(arguments ?? [:])
            let authority = try await read { try await gate.authority(for: request) }
            guard let authority else { return false }
            switch try await read({ try await gate.judge(request, concurrent: 0) }) {
            case .judged: return false
            case .refused: break
            }
            guard try await isActive(person, authority) else { throw .notEntitled }
            do {
                try await commit(commitment, approval, person, under: authority.epochs)
                return true
            } catch {
                try rethrow(unlessCrossed: error)
            }
        }
        throw .unavailable("its facts keep changing; try again")
    }

    /// What somebody else did at the same time is read anew.
    private func rethrow(unlessCrossed error: CommitError) throws(ApprovalError) {
        switch error {
        case .moved, .approval, .window, .budgetSpent, .identicalCall, .exists: return
        case .tooManyAsks(let count): throw .tooManyAsks(count)
        case .unavailable(let reason): throw .unavailable(reason)
        }
    }

    private func waiting(
        _ id: ApprovalID, for person: PersonID, in organization: OrganizationID
    ) async throws(ApprovalError) -> Approval {
        let approval = try await approval(id, for: person, in: organization)
        guard approval.state == .waiting else { throw .decided(approval.state, by: approval.yes) }
        guard gate.world.now() < approval.expires else {
            try await ending { try await gate.end(approval, .expire, "approval.expired") }
            throw .decided(.expired, by: [])
        }
        return approval
    }

    /// The call judged anew. When it isn't what was asked any more, the approval is void.
    private func stillStanding(_ approval: Approval) async throws(ApprovalError) -> JudgedRequest {
        let arguments = try await read { try await gate.payloads.open(approval.argumentsPayload)?.objectValue }
        let judging = try await read { try await gate.judge(approval.call.request(arguments ?? [:]), concurrent: 0) }
        let reason: String
        switch judging {
        case .refused: reason = "the call isn't possible any more"
        case .judged(let judged):
            switch judged.decision.verdict {
            case .ask:
                if judged.isShown(by: approval.digest) { return judged }
                reason = ActionGate.changed
            case .permit:
                reason = "nobody has to agree any more"

            case .deny(let findings) where findings.allSatisfy({ $0.layer == .budget }):
                if judged.isShown(by: approval.digest) { return judged }
                reason = ActionGate.changed
            case .connect(let findings), .deny(let findings):
                reason = findings.map(\.sentence).joined(separator: "; ")
            }
        }
        try await ending { try await gate.end(approval, .void(reason), "approval.void") }
        throw .void(reason)
    }

    private func isActive(_ person: PersonID, _ authority: AuthorityFacts) async throws(ApprovalError) -> Bool {
        try await !read { try await authority.directory.active([person]) }.isEmpty
    }

    private func isEntitled(
        _ person: PersonID, _ judged: JudgedRequest
    ) async throws(ApprovalError) -> Bool {
        guard try await isActive(person, judged.authority) else { return false }
        return judged.decision.findings.contains { finding in
            switch finding.kind {
            case .obligation(let obligation): obligation.approvers.contains(person)
            case .denial, .need: false
            }
        }
    }

    private func commit(
        _ commitment: Commitment, _ approval: Approval, _ person: PersonID, under epochs: [EpochReading]
    ) async throws(CommitError) {
        let leaf: Leaf
        do {
            leaf = try Leaves.approval(
                commitment.what, approval, by: person, commitment.more, at: gate.world.now())
        } catch {
            throw .unavailable("the answer is too large to be recorded")
        }
        try await gate.commits.commit(
            Transaction(
                requires: epochs + commitment.requires, changes: commitment.changes,
                leaves: [PlacedLeaf(leaf, in: .organization(approval.call.organization))]))
    }

    /// Somebody else may have ended it at the same time, which comes to the same.
    private func ending(_ body: () async throws -> Void) async throws(ApprovalError) {
        do {
            try await body()
        } catch let error as CommitError {
            switch error {
            case .approval: return
            case .moved, .budgetSpent, .identicalCall, .exists, .window, .tooManyAsks, .unavailable:
                throw .unavailable("the store can't write")
            }
        } catch {
            throw .unavailable("the store can't write")
        }
    }
}
