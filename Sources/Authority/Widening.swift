/// One thing that a person can make an agent do: through this tool, towards this class of destination, and what it takes.
public struct Possibility: Hashable, Sendable {
    public let person: PersonID
    public let tool: String
    public let effect: Effect
    public let provider: ProviderID
    public let destinations: DestinationClass
    /// Whose connection is used; nil for a tool that needs none.
    public let owner: Owner?
    /// Who has to agree; empty when nobody has to.
    public let approvers: Set<PersonID>

    /// What is possible, whatever it takes.
    struct Key: Hashable {
        let person: PersonID
        let tool: String
        let destinations: DestinationClass
    }

    var key: Key { Key(person: person, tool: tool, destinations: destinations) }
}

extension Mandate {
    /// Everything that these people can make this agent do, when all connections are there and nothing was seen yet: found
    /// by deciding each case, so that it can't differ from what is decided.
    ///
    /// - Parameter shared: those of them with whom the agent's use was shared.
    public func possibilities(of people: [PersonID], shared: Set<PersonID> = []) -> [Possibility] {
        var found: [Possibility] = []
        for person in people {
            for tool in catalogue.tools {
                guard let index = catalogue.index(of: tool.name) else { continue }
                let classes: [DestinationClass] = tool.effect.isSink ? DestinationClass.allCases : [.nobody]
                for destinations in classes {
                    let isShared = shared.contains(person)
                    found += possibility(of: person, index, tool, destinations, isShared).map { [$0] } ?? []
                }
            }
        }
        return found
    }

    private func possibility(
        of person: PersonID, _ index: ToolIndex, _ tool: ToolSpec, _ destinations: DestinationClass,
        _ isShared: Bool
    ) -> Possibility? {
        let owner = slot(of: index).flatMap { self.owner(of: $0, for: .person(person)) }
        let connections = owner.map { owner in
            ConnectionFacts(
                id: ConnectionID("reach"), provider: tool.provider, owner: owner, host: tool.host, account: "reach",
                scopes: tool.scopes, health: .healthy)
        }
        let request = Request(
            organization: organization, requester: .person(person), trigger: .call, tool: index,
            facets: Facets(
                destinations: destinations.example(self.owner), subject: tool.namesSubject ? "reach" : nil),
            standing: StandingFacts(), client: ClientFacts(ceiling: .all, agents: [agent]), labels: .fresh,
            connections: connections.map { [$0] } ?? [], subject: "reach", agreed: capabilities,
            isShared: isShared)
        let approvers: Set<PersonID>
        switch decide(request, self).verdict {
        case .deny, .connect: return nil
        case .permit: approvers = []
        case .ask(let findings):
            approvers = findings.reduce(into: []) { people, finding in
                switch finding.kind {
                case .obligation(let obligation): people.formUnion(obligation.approvers)
                case .denial, .need: break
                }
            }
        }
        return Possibility(
            person: person, tool: tool.name, effect: tool.effect, provider: tool.provider, destinations: destinations,
            owner: tool.needsConnection ? owner : nil, approvers: approvers)
    }

    /// What this mandate newly allows: what was denied before, what no longer asks, and what another account is used for.
    public func widens(
        _ earlier: Mandate?, for people: [PersonID], shared: Set<PersonID> = []
    ) -> [Possibility] {
        let before = Dictionary(
            (earlier?.possibilities(of: people, shared: shared) ?? []).map { ($0.key, $0) },
            uniquingKeysWith: { first, _ in first })
        return possibilities(of: people, shared: shared).filter { now in
            guard let then = before[now.key] else { return true }
            // Any one approver is enough: more of them is wider, none at all is widest.
            let asksNoLess =
                then.approvers.isEmpty || !now.approvers.isEmpty && now.approvers.isSubset(of: then.approvers)
            return !asksNoLess || then.owner != now.owner || then.effect != now.effect
        }
    }
}

extension DestinationClass {
    fileprivate func example(_ insider: PersonID) -> [Destination] {
        switch self {
        case .nobody: []
        case .insiders: [.insider(insider)]
        case .outsiders: [.outsider("somebody@outside.example")]
        }
    }
}
