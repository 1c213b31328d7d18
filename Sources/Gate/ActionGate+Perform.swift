import Authority
import Ledger
import Logging
import Wire

/// What somebody agreed to, as it is spent in the commit.
enum EvidenceSource: Sendable {
    case approval(Approval)
    case window(GrantWindow)
}

extension ActionGate {
    /// Decides one call, and carries it out if it is permitted.
    ///
    /// What must hold: the decision and the intent are durable before the first byte goes upstream; the outcome is
    /// durable before the answer for every effect but `read`; labels that a result brings are durable before its answer.
    /// If an epoch moved between reading and commit, it is decided again. Once the intent is durable, a caller that goes
    /// away changes nothing. A call that a human has to agree to is parked; its identical repeat finds what became of it.
    /// One that a server refuses for want of a permission is decided once more, now that the permission is known.
    public func perform(_ request: ToolCallRequest) async -> Answer {
        let answer = await performOnce(request)
        guard case .refused(_, let refusal) = answer, let lacks = refusal.learned else { return answer }
        return await performOnce(request.lacking(lacks))
    }

    private func performOnce(_ request: ToolCallRequest) async -> Answer {
        await repeatedly(request) { judged, call in
            switch judged.decision.verdict {
            case .permit:
                // Agreed to and done before it was lifted: its result waits, and it isn't done a second time.
                if judged.tool.spec.effect.isSink, let answer = try await whatBecame(of: judged) {
                    return .answered(answer)
                }
                return try await permitted(judged, call, by: nil)
            case .ask:
                return try await asked(judged, call)
            case .connect, .deny:
                try await record(refusal: judged, call)
                return .answered(refusal(judged.decision))
            }
        }
    }

    /// Judges until a try isn't overtaken by a change of what it stood on.
    func repeatedly(
        _ request: ToolCallRequest, _ attempt: (JudgedRequest, CallID) async throws -> Attempt
    ) async -> Answer {
        let concurrent = inFlight.begin(request.organization, request.agent)
        defer { inFlight.end(request.organization, request.agent) }
        let call = request.call ?? CallID(world.newID("call"))
        return await observed(request, as: call) { seen in
            // What is begun writes: nothing is, while what is under way needs the room.
            if let reason = brake() { return .unavailable(reason) }
            return await tried(request, as: call, concurrent: concurrent, &seen, attempt)
        }
    }

    private func tried(
        _ request: ToolCallRequest, as call: CallID, concurrent: Int, _ seen: inout EndedCall.Judged?,
        _ attempt: (JudgedRequest, CallID) async throws -> Attempt
    ) async -> Answer {
        for _ in 0..<ActionGate.tries {
            do {
                let judging = try await observed(.decide, of: call) { try await judge(request, concurrent: concurrent) }
                switch judging {
                case .refused(let answer): return answer
                case .judged(let judged):
                    if observer != nil { seen = EndedCall.Judged(judged) }
                    switch try await attempt(judged, call) {
                    case .answered(let answer): return answer
                    case .decideAgain: continue
                    }
                }
            } catch let error as CommitError {
                guard let answer = ActionGate.answer(to: error) else { continue }
                return answer
            } catch {
                log.error("call could not be judged", metadata: ["call": "\(call)", "error": "\(error)"])
                return .unavailable("the gateway can't read its own state")
            }
        }
        return .unavailable("its facts keep changing; try again")
    }

    static let tries = 8

    enum Attempt {
        case answered(Answer)
        case decideAgain
    }

    /// Nil when the call has to be decided again.
    private static func answer(to error: CommitError) -> Answer? {
        switch error {
        case .moved, .budgetSpent, .approval, .window: nil
        case .identicalCall(let other, let state): .pending(other, state)
        case .tooManyAsks(let count): .tooManyAsks(count)
        case .exists(let row): .unavailable("`\(row)` exists already")
        case .unavailable(let reason): .unavailable(reason)
        }
    }

    private func record(refusal judged: JudgedRequest, _ call: CallID) async throws {
        // A full budget refuses without a leaf, or a member could fill the ledger with refusals.
        let tree = TreeID.organization(judged.request.organization)
        guard judged.decision.decisive.contains(where: { $0.layer != .budget }) else {
            return tally.add(\.overBudget, to: tree)
        }
        let kept = try payloads.keep(.object(judged.gathered.arguments), id: "\(call)/arguments")
        let leaf = try Leaves.decision(call, judged, arguments: kept.digest, at: world.now())
        let notices = connectionNeed(judged).map(asking.connectionNotices) ?? []
        try await commit(
            Transaction(
                requires: judged.gathered.epochs, changes: [GateChange.keep(kept.row)] + notices,
                leaves: [PlacedLeaf(leaf, in: tree)]))
        tally.add(judged.decision.verdict.counter, to: tree)
        if !notices.isEmpty { asking.told() }
    }

    func refusal(_ decision: Decision) -> Answer {
        switch decision.verdict {
        case .ask(let findings): .ask(findings, nil)
        case .connect(let findings): .connect(findings)
        case .deny(let findings): findings.allSatisfy(\.rule.isTold) ? .deny(findings) : .noSuchTool
        case .permit: .unavailable("a permitted call can't be refused")
        }
    }

    /// Spends what was agreed to, records decision and intent, and carries the call out.
    func permitted(_ judged: JudgedRequest, _ id: CallID, by evidence: EvidenceSource?) async throws -> Attempt {
        let plan: RequestPlan
        do {
            plan = try judged.tool.planner.plan(judged.gathered.arguments, call: id)
        } catch {
            return .answered(
                .invalid([SchemaViolation(JSONPointer(steps: [error.argument]), error.message)]))
        }
        let request = judged.request
        let call = JudgedCall(
            id: id, organization: request.organization, agent: request.agent, principal: judged.decision.principal,
            tool: judged.tool.spec.name, effect: judged.tool.spec.effect, arguments: judged.gathered.arguments,
            digest: judged.digest, connection: judged.use, plan: plan, subject: judged.gathered.subject,
            readers: readers(of: judged), requester: request.requester, session: request.session,
            labels: judged.gathered.labels,
            grounds: judged.gathered.epochs.filter { isRevocation($0.scope) },
            memory: judged.gathered.mandate.memory(for: request.requester, through: request.client),
            keepsAnswer: request.call != nil)
        world.reached(.beforeCommit)
        if Task.isCancelled { return .answered(.notSent(id, "the caller went away before anything was done")) }
        inFlight.begin(id)
        do {
            try await observed(.commit, of: id) { try await commitIntent(judged, call, evidence) }
        } catch {
            inFlight.end(id)
            throw error
        }
        // From here on the effect belongs to the organization: a caller that goes away doesn't cancel it half-way.
        let task = Task {
            defer { inFlight.end(id) }
            return await carryOut(call, judged.tool, judged.gathered, session: request.session, under: evidence)
        }
        return .answered(await task.value)
    }

    private func commitIntent(
        _ judged: JudgedRequest, _ call: JudgedCall, _ evidence: EvidenceSource?
    ) async throws {
        let now = world.now()
        let kept = try payloads.keep(.object(call.arguments), id: "\(call.id)/arguments")
        let tree = TreeID.organization(call.organization)
        let open = OpenCall(
            id: call.id, organization: call.organization, agent: call.agent, requester: judged.request.requester.text,
            tool: call.tool, effect: call.effect, identity: call.effect == .read ? nil : call.digest, state: .open,
            opened: now)
        var changes: [any StoredChange] = []
        switch evidence {
        case .approval(let approval):
            // Time has passed since it was looked at.
            guard now < approval.expires else { throw CommitError.approval(approval.id, "expired") }
            changes.append(ApprovalChange.step(approval.id, .spend(call.id)))
        case .window(let window):
            guard now < window.until else { throw CommitError.window(window.id) }
            changes.append(ApprovalChange.window(window.id, .use))
        case .none: break
        }
        changes += [GateChange.open(open), GateChange.keep(kept.row)]
        if let uses { changes += uses.changes(for: call) }
        try await commit(
            Transaction(
                requires: judged.gathered.epochs,
                spends: spends(of: judged.gathered.mandate)
                    + spends(under: judged.decision.order, judged.gathered.mandate),
                changes: changes,
                leaves: [
                    PlacedLeaf(
                        try Leaves.decision(call.id, judged, arguments: kept.digest, evidence: evidence, at: now),
                        in: tree),
                    PlacedLeaf(try Leaves.intent(call, at: now), in: tree),
                ]))
        tally.add(\.permit, to: tree)
        uses?.kept(call)
    }

    private func readers(of judged: JudgedRequest) -> Readers {
        switch judged.use?.facts.owner {
        case .person(let person): .only([person])
        case .agent, .organization, .none:
            judged.decision.principal.map { .only([$0]) } ?? .account(of: judged.gathered.mandate.owner)
        }
    }
}
