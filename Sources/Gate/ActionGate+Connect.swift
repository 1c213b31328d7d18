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

    /// Whether a server's refusal taught what the tool needs. The server did nothing, so that the call may be made again.
    func learned(from answer: Answer, to request: ToolCallRequest) async -> Bool {
        guard case .refused(_, let refusal) = answer, let challenge = refusal.challenge, let challenges else {
            return false
        }
        return await challenges.challenged(challenge, to: request.tool, in: request.organization)
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
