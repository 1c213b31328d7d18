import Authority
import Ledger
import Logging
import Wire

extension ActionGate {
    /// The effect, its outcome and its labels, after the intent is durable.
    func carryOut(
        _ call: JudgedCall, _ tool: CallableTool, _ gathered: GatheredFacts, session: SessionKey,
        under evidence: EvidenceSource?
    ) async -> Answer {
        world.reached(.beforeEffect)
        let outcome = await tool.executor.execute(Permit(call: call), through: upstream)
        world.reached(.beforeOutcome)
        let answer: Answer
        do {
            answer = try await observed(.record, of: call.id) {
                try await record(outcome, of: call, gathered, session: session, under: evidence)
            }
        } catch {
            log.error("outcome could not be recorded", metadata: ["call": "\(call.id)", "error": "\(error)"])
            return .unknown(call.id, "its outcome could not be recorded")
        }
        if case .refused(let refusal, _) = outcome, refusal.isCredentialRefused, let use = call.connection {
            if await connections.wasRefused(use) { await tellBroken(tool, gathered, call) }
        }
        let taught = await taught(by: answer, to: call, tool, gathered)
        world.reached(.beforeAnswer)
        return taught
    }

    /// - Returns: what the caller is told: nothing of a result whose grounds were taken away meanwhile.
    private func record(
        _ outcome: ToolOutcome, of call: JudgedCall, _ gathered: GatheredFacts, session: SessionKey,
        under evidence: EvidenceSource?
    ) async throws -> Answer {
        let grounds = gathered.epochs.filter { isRevocation($0.scope) }
        if grounds.allSatisfy({ commits.knownEpoch(of: $0.scope) ?? $0.value == $0.value }) {
            let answer = answer(to: outcome, of: call)
            // Once more when somebody cleared the session just then: what this result brings counts all the same.
            attempts: for _ in 0..<2 {
                do {
                    try await record(
                        outcome, of: call, gathered, session: session, on: grounds, under: evidence, answer)
                    return answer
                } catch CommitError.moved(let scope) {
                    // Anything else was taken away by another gateway, and this one hadn't heard of it yet.
                    guard scope == gathered.sessionEpoch.scope else { break attempts }
                }
            }
        }
        try await record(
            outcome, of: call, gathered, session: session, on: nil, under: evidence, .withheld(call.id))
        return .withheld(call.id)
    }

    private func tellBroken(_ tool: CallableTool, _ gathered: GatheredFacts, _ call: JudgedCall) async {
        guard let need = connectionNeed(of: tool, gathered, agent: call.agent) else { return }
        let notices = asking.connectionNotices(need)
        guard !notices.isEmpty else { return }
        do {
            try await commit(Transaction(changes: notices))
            asking.told()
        } catch {
            // The next call is refused for want of the connection, and tells.
            log.error("a notice could not be queued", metadata: ["call": "\(call.id)", "error": "\(error)"])
        }
    }

    /// A session's epoch moves when its labels grow, which takes nothing away from a call that is already running.
    func isRevocation(_ scope: EpochScope) -> Bool {
        switch scope {
        case .home, .organization, .agent, .person, .client, .connections: true
        case .session, .sharing, .software, .app, .issuers: false
        }
    }

    private func answer(to outcome: ToolOutcome, of call: JudgedCall) -> Answer {
        switch outcome {
        case .done(let result, _): .done(call.id, result)
        case .refused(let refusal, _): .refused(call.id, refusal)
        case .notSent(let reason): .notSent(call.id, reason)
        case .unknown(let reason): .unknown(call.id, reason)
        }
    }

    /// - Parameter grounds: what must still hold in the commit that the answer waits for; nil when it is withheld.
    private func record(
        _ outcome: ToolOutcome, of call: JudgedCall, _ gathered: GatheredFacts, session: SessionKey,
        on grounds: [EpochReading]?, under evidence: EvidenceSource?, _ answer: Answer
    ) async throws {
        var transaction = Transaction()
        var detail: JSONObject = [:]
        var result: KeyedDigest?
        switch outcome {
        case .done(let value, _):
            let kept = try payloads.keep(value, id: "\(call.id)/result")
            transaction.changes.append(GateChange.keep(kept.row))
            result = kept.digest
        case .refused(let refusal, _):
            detail = ["status": .number(JSONNumber(refusal.status)), "code": .string(refusal.code)]
        case .notSent(let reason), .unknown(let reason):
            detail = ["reason": .string(reason)]
        }
        switch outcome {
        case .done, .refused, .notSent: transaction.changes.append(GateChange.close(call.id))
        case .unknown: transaction.changes.append(GateChange.markUnknown(call.id))
        }
        if call.keepsAnswer {
            transaction.changes.append(GateChange.keep(try payloads.keep(answer.stored, id: call.id.answerPayload).row))
        }
        switch evidence {
        case .approval(let approval):
            transaction.changes.append(
                GateChange.keep(try payloads.keep(answer.stored, id: approval.answerPayload).row))
            transaction.changes.append(ApprovalChange.answered(call.id))
        case .window, .none: break
        }
        let leaf = try Leaves.outcome(
            call.id, name: outcome.name, detail: detail, result: result, use: call.connection, withheld: grounds == nil,
            at: world.now())
        transaction.leaves.append(PlacedLeaf(leaf, in: .organization(call.organization)))
        let isMoved = await commits.epoch(of: gathered.sessionEpoch.scope) != gathered.sessionEpoch.value
        let isLabelled = label(&transaction, with: outcome, gathered, session, isMoved: isMoved)
        if call.effect == .read, !isLabelled, evidence == nil, !call.keepsAnswer {
            commits.submit(transaction)
        } else {
            transaction.requires = grounds.map { $0 + (isLabelled || isMoved ? [] : [gathered.sessionEpoch]) } ?? []
            try await commit(transaction)
        }
        tally.add(\.outcomes, to: .organization(call.organization))
    }

    /// Adds the session's new labels, if the outcome brought any, and touches a session that was last used a while ago.
    ///
    /// - Parameter isMoved: whether the session isn't the one that was judged any more. It may have been cleared, and then what
    ///   it had seen before isn't there now.
    /// - Returns: whether the answer has to wait for this commit.
    private func label(
        _ transaction: inout Transaction, with outcome: ToolOutcome, _ gathered: GatheredFacts, _ session: SessionKey,
        isMoved: Bool
    ) -> Bool {
        let seen: Labels
        switch outcome {
        case .done(_, let labels), .refused(_, let labels): seen = labels
        case .notSent, .unknown: return false
        }
        let now = world.now()
        let hasGrown = isMoved ? seen != .fresh : gathered.labels.joined(with: seen) != gathered.labels
        if hasGrown { transaction.bumps.append(.session(session)) }
        let isStale = now.microseconds - (gathered.session?.lastUsed.microseconds ?? 0) > SessionState.touchMicroseconds
        if hasGrown || isStale {
            transaction.changes.append(GateChange.saw(session, seen, at: now))
        }
        return hasGrown
    }
}
