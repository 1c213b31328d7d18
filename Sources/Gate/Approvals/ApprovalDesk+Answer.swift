public import Authority
import Ledger
public import Wire

extension ApprovalDesk {
    /// Agrees to exactly the call that was shown. When everybody who is needed has agreed, it is carried out, once.
    ///
    /// - Parameters:
    ///   - shown: the digest of the approval that the person's page showed.
    ///   - window: lets the same happen again without asking, within its bounds.
    public func approve(
        _ id: ApprovalID, by person: PersonID, in organization: OrganizationID, shown: Digest,
        window: WindowRequest? = nil
    ) async throws(ApprovalError) {
        let approved = try await answering(id, person, organization, shown) { approval, judged throws(ApprovalError) in
            var changes: [any StoredChange] = [ApprovalChange.step(id, .agree(person))]
            var more: JSONObject = [:]
            if let window {
                let opened = try open(window, by: person, for: approval, judged)
                changes.append(ApprovalChange.open(opened))
                more["window"] = .string(opened.id.raw)
                more["until"] = .number(JSONNumber(opened.until.microseconds))
            }
            return Commitment(what: "approval.agreed", changes: changes, more: more)
        }
        gate.asking.wake(approved)
    }

    /// Says no. The agent is told the reason. A call that can't be made any more, as one whose tool is in quarantine, can be
    /// denied as well.
    public func deny(
        _ id: ApprovalID, by person: PersonID, in organization: OrganizationID, shown: Digest, reason: String
    ) async throws(ApprovalError) {
        let reason = String(reason.prefix(500))
        let denial = Commitment(
            what: "approval.denied", changes: [ApprovalChange.step(id, .deny(person, reason: reason))], more: [:])
        if try await ended(impossible: id, person, organization, shown, by: denial) { return }
        _ = try await answering(id, person, organization, shown) { _, _ throws(ApprovalError) in denial }
    }

    /// Changes the arguments and agrees to the call that they make. It is decided anew: another digest, other
    /// destinations, perhaps other people who have to agree as well.
    ///
    /// - Returns: the approval that took the place of this one.
    public func edit(
        _ id: ApprovalID, by person: PersonID, in organization: OrganizationID, shown: Digest, arguments: JSONObject
    ) async throws(ApprovalError) -> ApprovalID {
        let earlier = try await approval(id, for: person, in: organization)
        let judging = try await read { try await gate.judge(earlier.call.request(arguments), concurrent: 0) }
        let edited: JudgedRequest
        switch judging {
        case .refused(.invalid(let violations)): throw .invalid(violations)
        case .refused: throw .void("the tool isn't there any more")
        case .judged(let judged): edited = judged
        }
        switch edited.decision.verdict {
        case .permit: break
        case .ask:
            guard edited.open.contains(where: { $0.approvers.contains(person) }) else { throw .notEntitled }
        case .connect(let findings), .deny(let findings): throw .refused(findings)
        }
        let replacement = gate.newApproval(of: edited, asked: earlier.asked, editedFrom: id, yes: [person])
        let kept: (row: Payload, digest: KeyedDigest)
        do {
            kept = try gate.payloads.keep(.object(edited.gathered.arguments), id: replacement.argumentsPayload)
        } catch {
            throw .unavailable("the arguments can't be kept")
        }
        _ = try await answering(id, person, organization, shown) { _, _ throws(ApprovalError) in
            Commitment(
                what: "approval.edited",
                changes: [
                    ApprovalChange.step(id, .replace(by: replacement.id, editor: person)),
                    ApprovalChange.park(replacement, gate.asking.caps), GateChange.keep(kept.row),
                ] + gate.asking.notices(replacement),
                more: [
                    "replacement": .string(replacement.id.raw), "shown": .string(replacement.digest.hex),
                    "arguments": kept.digest.json,
                ], requires: edited.gathered.epochs)
        }
        gate.asking.wake(replacement)
        return replacement.id
    }

    /// Closes a window that this person opened. From then on the agent asks again.
    public func revoke(
        _ id: WindowID, by person: PersonID, in organization: OrganizationID
    ) async throws(ApprovalError) {
        let found = try await read { try await gate.approvals.window(id) }
        guard let window = found, window.by == person, window.call.organization == organization else { throw .unknown }
        do {
            let leaf = try Leaf(
                kind: .approval, time: gate.world.now().microseconds,
                fields: [
                    "change": "window.revoked", "window": .string(id.raw), "by": .string("person:\(person)"),
                    "agent": .string(window.call.agent.raw),
                ])
            try await gate.commits.commit(
                Transaction(
                    changes: [ApprovalChange.window(id, .revoke(person))],
                    leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
        } catch {
            throw .unavailable("the window is closed already, or the store can't write")
        }
    }

    private func open(
        _ wanted: WindowRequest, by person: PersonID, for approval: Approval, _ judged: JudgedRequest
    ) throws(ApprovalError) -> GrantWindow {
        guard approval.allowsWindow, (60...WindowRequest.longestSeconds).contains(wanted.seconds),
            wanted.uses.map({ $0 > 0 }) ?? true
        else { throw .noWindow }
        let scope: GrantWindow.Scope =
            switch wanted.scope {
            case .arguments: .arguments(judged.digest)
            case .destinations: .destinations(judged.destinations)
            }
        if scope == .destinations([]) { throw .noWindow }
        let now = gate.world.now()
        return GrantWindow(
            id: WindowID(gate.world.newID("win")), approval: approval.id, call: approval.call,
            binding: approval.binding, scope: scope, by: person, created: now,
            until: now.adding(seconds: wanted.seconds), usesLeft: wanted.uses, state: .open)
    }
}
