import Authority

extension ActionGate {
    /// Who has to be told that a connection is missing or broken: its owner, or for an agent's own the agent's owner. Nil
    /// when the refusal is about something else.
    func connectionNeed(_ judged: JudgedRequest) -> ConnectionNeed? {
        switch judged.decision.verdict {
        case .connect(let findings):
            guard findings.contains(where: \.rule.isMendedByConnecting) else { return nil }
            return connectionNeed(of: judged.tool, judged.gathered, agent: judged.request.agent)
        case .permit, .ask, .deny: return nil
        }
    }

    /// A refusal, with what came of it when it was for want of a permission. The provider did nothing, so that the call may
    /// be made again.
    func taught(by answer: Answer, to call: JudgedCall, _ tool: CallableTool, _ gathered: GatheredFacts) async -> Answer
    {
        guard case .refused(let id, let refusal) = answer, let lack = refusal.lack, let challenges else {
            return answer
        }
        let spec = tool.spec
        let most = gathered.mandate.allowedTools.reduce(into: Set<String>()) { most, other in
            if other.provider == spec.provider { most.formUnion(other.scopes.union(other.mayNeed)) }
        }
        let lesson = await challenges.challenged(
            lack,
            by: LackingCall(
                tool: call.tool, organization: call.organization, agent: call.agent, use: call.connection,
                needs: spec.scopes, mayNeed: spec.mayNeed, most: most))
        return .refused(id, refusal.after(lesson, through: call.connection))
    }

    func connectionNeed(
        of tool: CallableTool, _ gathered: GatheredFacts, agent: AgentID
    ) -> ConnectionNeed? {
        let mandate = gathered.mandate
        guard let index = mandate.catalogue.index(of: tool.spec.name), let slot = mandate.slot(of: index),
            let owner = mandate.owner(of: slot, for: gathered.request.requester)
        else { return nil }
        let person =
            switch owner {
            case .person(let person): person
            case .agent, .organization: mandate.definition.owner
            }
        return ConnectionNeed(
            organization: mandate.organization, person: person, owner: owner, provider: tool.spec.provider,
            agent: agent, at: world.now())
    }
}

extension Rule {
    /// Whether the owner of a connection can do something about it.
    fileprivate var isMendedByConnecting: Bool {
        [.notConnected, .broken, .revoked, .missingScopes, .severalAccounts, .chosenBroken, .chosenGone]
            .contains(self)
    }
}
