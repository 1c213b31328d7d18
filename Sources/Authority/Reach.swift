/// One thing that a person can make an agent do: through this tool, towards this class of destination, and what it takes.
public struct Reach: Hashable, Sendable {
    public let tool: ToolSpec
    public let destinations: DestinationClass
    /// Whose connection it goes through; nil for a tool that needs none.
    public let owner: Owner?
    /// Who has to agree, where somebody has to; empty where somebody has to and nobody can.
    public let approvers: Set<PersonID>?

    /// What is possible, whatever it takes.
    struct Key: Hashable {
        let tool: String
        let destinations: DestinationClass
    }

    var key: Key { Key(tool: tool.name, destinations: destinations) }
}

/// Which of an agent's own connections count as there. What a person's own account is needed for always counts as connected.
public enum AssumedConnections: Sendable {
    /// One for each of its slots.
    case all
    case only([ConnectionFacts])
}

/// What one person could newly do.
public struct Widening: Hashable, Sendable {
    public let person: PersonID
    public let reach: Reach
}

extension Mandate {
    /// Everything that this person could make the agent do in a session that has seen nothing yet: `decide` itself, run over
    /// every tool and class of destination, so that it can't differ from what is decided. What an assistant does counts as
    /// agreed to.
    ///
    /// - Parameter isShared: whether the agent's use was shared with them.
    public func reach(of person: PersonID, isShared: Bool, connections: AssumedConnections = .all) -> [Reach] {
        catalogue.tools.indices.flatMap { number -> [Reach] in
            let tool = catalogue.tools[number]
            let classes: [DestinationClass] = tool.effect.isSink ? DestinationClass.allCases : [.nobody]
            return classes.compactMap { reach(of: person, ToolIndex(value: number), $0, isShared, connections) }
        }
    }

    /// What these people could newly do since an earlier mandate: what was denied before, what no longer asks, and what
    /// another account is used for.
    ///
    /// - Parameter shared: those of them with whom the agent's use is shared.
    public func widens(_ earlier: Mandate?, for people: [PersonID], shared: Set<PersonID> = []) -> [Widening] {
        people.flatMap { person in
            let isShared = shared.contains(person)
            let before = Dictionary(
                (earlier?.reach(of: person, isShared: isShared) ?? []).map { ($0.key, $0) },
                uniquingKeysWith: { first, _ in first })
            return reach(of: person, isShared: isShared).filter { $0.isWider(than: before[$0.key]) }
                .map { Widening(person: person, reach: $0) }
        }
    }

    private func reach(
        of person: PersonID, _ index: ToolIndex, _ destinations: DestinationClass, _ isShared: Bool,
        _ assumed: AssumedConnections
    ) -> Reach? {
        let tool = catalogue[index]
        let owner = slot(of: index).flatMap { self.owner(of: $0, for: .person(person)) }
        let request = Request(
            organization: organization, requester: .person(person), trigger: .call, tool: index,
            facets: Facets(
                destinations: destinations.example(self.owner), subject: tool.namesSubject ? "self" : nil),
            standing: StandingFacts(), client: ClientFacts(ceiling: .all, agents: [agent]), labels: .fresh,
            connections: assumed.connections(of: owner, for: tool), subject: "self", agreed: capabilities,
            isShared: isShared)
        let approvers: Set<PersonID>?
        switch decide(request, self).verdict {
        case .deny, .connect: return nil
        case .permit: approvers = nil
        case .ask(let findings): approvers = findings.reduce(into: []) { $0.formUnion($1.approvers) }
        }
        return Reach(
            tool: tool, destinations: destinations, owner: tool.needsConnection ? owner : nil, approvers: approvers)
    }
}

extension Reach {
    /// Any one approver is enough: more of them is wider, none being needed is widest.
    fileprivate func isWider(than earlier: Reach?) -> Bool {
        guard let earlier, earlier.owner == owner, earlier.tool.effect == tool.effect else { return true }
        return switch (earlier.approvers, approvers) {
        case (nil, _): false
        case (_?, nil): true
        case (let before?, let now?): !now.isSubset(of: before)
        }
    }
}

extension AssumedConnections {
    fileprivate func connections(of owner: Owner?, for tool: ToolSpec) -> [ConnectionFacts] {
        guard let owner else { return [] }
        switch (self, owner) {
        case (.only(let connections), .agent): return connections
        case (.only, .organization): return []
        case (.all, _), (.only, .person):
            return [
                ConnectionFacts(
                    id: ConnectionID("assumed"), provider: tool.provider, owner: owner, host: tool.host,
                    account: "assumed", scopes: tool.scopes, health: .healthy)
            ]
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

extension Finding {
    fileprivate var approvers: Set<PersonID> {
        switch kind {
        case .denial, .need: []
        case .obligation(let obligation): obligation.approvers
        }
    }
}
