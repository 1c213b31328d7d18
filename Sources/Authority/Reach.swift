/// One thing that a person can make an agent do, and as whom.
public struct Reach: Hashable, Sendable {
    public let tool: ToolSpec
    /// Whose connection it goes through; nil for a tool that needs none.
    public let owner: Owner?
    /// Who has to agree, where somebody has to; of several obligations, all of them.
    public let approvers: Set<PersonID>?
}

/// Everything that this person could make the agent do in a session that has seen nothing yet: `decide` itself, run over
/// every tool and class of destination. What a person's own account is needed for counts as connected and agreed to.
///
/// - Parameter connections: the agent's own.
public func reach(
    of person: PersonID, through mandate: Mandate, connections: [ConnectionFacts], isShared: Bool
) -> [Reach] {
    var found: [Reach] = []
    for (number, tool) in mandate.catalogue.tools.enumerated() {
        let index = ToolIndex(value: number)
        let owner = mandate.slot(of: index).flatMap { mandate.owner(of: $0, for: .person(person)) }
        for destinations in DestinationClass.allCases {
            let request = hypothetical(
                person, mandate, index, connections + own(owner, tool), destinations, isShared: isShared)
            let approvers: Set<PersonID>?
            switch decide(request, mandate).verdict {
            case .deny, .connect: continue
            case .permit: approvers = nil
            case .ask(let findings): approvers = findings.reduce(into: []) { $0.formUnion($1.approvers) }
            }
            let item = Reach(tool: tool, owner: tool.needsConnection ? owner : nil, approvers: approvers)
            if !found.contains(item) { found.append(item) }
        }
    }
    return found
}

private func hypothetical(
    _ person: PersonID, _ mandate: Mandate, _ tool: ToolIndex, _ connections: [ConnectionFacts],
    _ destinations: DestinationClass, isShared: Bool
) -> Request {
    let receivers: [Destination] =
        switch destinations {
        case .nobody: []
        case .insiders: [.insider(person)]
        case .outsiders: [.outsider("somebody outside")]
        }
    return Request(
        organization: mandate.organization, requester: .person(person), trigger: .call, tool: tool,
        facets: Facets(destinations: receivers, subject: "self"), standing: StandingFacts(),
        client: ClientFacts(ceiling: .all, agents: [mandate.agent]), labels: .fresh, connections: connections,
        subject: "self", agreed: mandate.capabilities, isShared: isShared)
}

/// The connection that a person would have once they connected.
private func own(_ owner: Owner?, _ tool: ToolSpec) -> [ConnectionFacts] {
    switch owner {
    case .none, .agent: []
    case .person(let person):
        [
            ConnectionFacts(
                id: ConnectionID("own"), provider: tool.provider, owner: .person(person), host: tool.host,
                account: "own", scopes: tool.scopes, health: .healthy)
        ]
    }
}

extension Finding {
    fileprivate var approvers: Set<PersonID> {
        switch kind {
        case .denial, .need: []
        case .obligation(let obligation): obligation.approvers
        }
    }
}
