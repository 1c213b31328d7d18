import Authority
import Ledger
import Logging
import Wire

extension ActionGate {
    /// Decides one call, and carries it out if it is permitted.
    ///
    /// What must hold: the decision and the intent are durable before the first byte goes upstream; the outcome is
    /// durable before the answer for every effect but `read`; labels that a result brings are durable before its answer.
    /// If an epoch moved between reading and commit, it is decided again. Once the intent is durable, a caller that goes
    /// away changes nothing.
    public func perform(_ request: ToolCallRequest) async -> Answer {
        let concurrent = inFlight.begin(request.organization, request.agent)
        defer { inFlight.end(request.organization, request.agent) }
        let call = CallID(world.newID("call"))
        for _ in 0..<ActionGate.tries {
            switch await attempt(request, call, concurrent: concurrent) {
            case .answered(let answer): return answer
            case .decideAgain: continue
            }
        }
        return .unavailable("its facts keep changing; try again")
    }

    static let tries = 8

    private enum Attempt {
        case answered(Answer)
        case decideAgain
    }

    private func attempt(_ request: ToolCallRequest, _ call: CallID, concurrent: Int) async -> Attempt {
        do {
            guard let authority = try await facts.facts(for: request) else { return .answered(.noSuchTool) }
            guard let (index, tool) = shelf.find(request.tool) else { return .answered(.noSuchTool) }
            let arguments: JSONObject
            do {
                arguments = try validated(request.arguments, tool, authority)
            } catch {
                let listing = try await gather(
                    request, authority, index, tool, arguments: nil, concurrent: concurrent)
                return .answered(
                    mayBeListed(listing.request, listing.mandate) ? .invalid(error.violations) : .noSuchTool)
            }
            let gathered = try await gather(
                request, authority, index, tool, arguments: arguments, concurrent: concurrent)
            let decision = decide(gathered.request, gathered.mandate)
            switch decision.verdict {
            case .permit(let connection):
                return try await permitted(request, call, tool, gathered, decision, connection)
            case .ask, .connect, .deny:
                try await record(refusal: decision, request, call, tool, gathered)
                return .answered(refusal(decision))
            }
        } catch let error as CommitError {
            return answer(to: error)
        } catch {
            log.error("call could not be judged", metadata: ["call": "\(call)", "error": "\(error)"])
            return .answered(.unavailable("the gateway can't read its own state"))
        }
    }

    private func answer(to error: CommitError) -> Attempt {
        switch error {
        case .moved, .budgetSpent: .decideAgain
        case .identicalCall(let other, let state): .answered(.pending(other, state))
        case .exists(let row): .answered(.unavailable("`\(row)` exists already"))
        case .unavailable(let reason): .answered(.unavailable(reason))
        }
    }

    /// Arguments as they will be judged and sent: an omitted subject is the principal's own, defaults are filled in.
    func validated(
        _ arguments: JSONObject, _ tool: CallableTool, _ authority: AuthorityFacts
    ) throws(SchemaViolations) -> JSONObject {
        var arguments = arguments
        if tool.spec.isCompanyWide, let name = tool.roles.first(where: { $0.value == .subject })?.key,
            arguments[name] == nil, let own = authority.subjects[tool.spec.provider]
        {
            arguments[name] = .string(own)
        }
        return try tool.schema.validate(.object(arguments)).objectValue ?? [:]
    }

    private func record(
        refusal decision: Decision, _ request: ToolCallRequest, _ call: CallID, _ tool: CallableTool,
        _ gathered: GatheredFacts
    ) async throws {
        // A full budget refuses without a leaf, or a member could fill the ledger with refusals.
        guard decision.decisive.contains(where: { $0.layer != .budget }) else { return }
        let kept = try payloads.keep(.object(gathered.arguments), id: "\(call)/arguments")
        let leaf = try Leaves.decision(
            call, request, decision, effect: tool.spec.effect, labels: gathered.labels, arguments: kept.digest,
            at: world.now())
        try await commits.commit(
            Transaction(
                requires: gathered.epochs, changes: [GateChange.keep(kept.row)],
                leaves: [PlacedLeaf(leaf, in: .organization(request.organization))]))
    }

    private func refusal(_ decision: Decision) -> Answer {
        switch decision.verdict {
        case .ask(let findings): .ask(findings)
        case .connect(let findings): .connect(findings)
        case .deny(let findings): findings.allSatisfy(\.rule.isTold) ? .deny(findings) : .noSuchTool
        case .permit: .unavailable("a permitted call can't be refused")
        }
    }

    private func permitted(
        _ request: ToolCallRequest, _ id: CallID, _ tool: CallableTool, _ gathered: GatheredFacts,
        _ decision: Decision, _ connection: ConnectionID?
    ) async throws -> Attempt {
        let use = gathered.candidates.first { $0.facts.id == connection }
        let plan: RequestPlan
        do {
            plan = try tool.planner.plan(gathered.arguments, call: id)
        } catch {
            return .answered(
                .invalid([SchemaViolation(JSONPointer(steps: [error.argument]), error.message)]))
        }
        let call = JudgedCall(
            id: id, organization: request.organization, agent: request.agent, principal: decision.principal,
            tool: tool.spec.name, effect: tool.spec.effect, arguments: gathered.arguments,
            digest: digest(of: request, gathered.arguments, use), connection: use, plan: plan,
            subject: gathered.subject, readers: readers(of: use, decision.principal, gathered.mandate))
        world.reached(.beforeCommit)
        if Task.isCancelled { return .answered(.notSent(id, "the caller went away before anything was done")) }
        try await commitIntent(request, call, decision, gathered)
        // From here on the effect belongs to the organization: a caller that goes away doesn't cancel it half-way.
        let task = Task { await carryOut(call, tool, gathered, session: request.session) }
        return .answered(await task.value)
    }

    private func commitIntent(
        _ request: ToolCallRequest, _ call: JudgedCall, _ decision: Decision, _ gathered: GatheredFacts
    ) async throws {
        let now = world.now()
        let kept = try payloads.keep(.object(call.arguments), id: "\(call.id)/arguments")
        let tree = TreeID.organization(call.organization)
        let open = OpenCall(
            id: call.id, organization: call.organization, agent: call.agent, requester: request.requesterText,
            tool: call.tool, effect: call.effect, identity: call.effect == .read ? nil : call.digest, state: .open,
            opened: now)
        try await commits.commit(
            Transaction(
                requires: gathered.epochs, spends: spends(of: gathered.mandate),
                changes: [GateChange.open(open), GateChange.keep(kept.row)],
                leaves: [
                    PlacedLeaf(
                        try Leaves.decision(
                            call.id, request, decision, effect: call.effect, labels: gathered.labels,
                            arguments: kept.digest, at: now), in: tree),
                    PlacedLeaf(try Leaves.intent(call, at: now), in: tree),
                ]))
    }

    /// What makes two calls the same effect: everything but the connection's secret.
    private func digest(of request: ToolCallRequest, _ arguments: JSONObject, _ use: ConnectionUse?) -> Digest {
        let value: JSON = [
            "organization": .string(request.organization.raw),
            "agent": .string(request.agent.raw),
            "requester": .string(request.requesterText),
            "tool": .string(request.tool),
            "arguments": .object(arguments),
            "connection": use.map { .string($0.facts.id.raw) } ?? .null,
        ]
        return value.digest
    }

    private func readers(of use: ConnectionUse?, _ principal: PersonID?, _ mandate: Mandate) -> Readers {
        switch use?.facts.owner {
        case .person(let person): .only([person])
        case .agent, .none: .only([principal ?? mandate.owner])
        }
    }
}
