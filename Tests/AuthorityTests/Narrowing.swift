import Authority

/// An edit of a definition that must never make a decision more permissive.
enum Narrowing: String, CaseIterable, Sendable {
    case addDeny, removeAllow, removeEveryAllow, addAsk, removeLift, removeGrants, removeUser, removeGuests
    case removeApprover, restrictAnotherClass, lowerTier, lowerBudget, removeSubject

    /// The edited definition; nil where there is nothing to take away.
    func apply(to world: World, _ generator: inout Generator) -> World? {
        var definition = world.definition
        switch self {
        case .addDeny:
            definition.deny += generator.patterns(1...2, world.catalogue, errors: 0)
        case .removeAllow:
            // Without the key there is nothing to remove, so it is written out first: the same tools, each by name.
            var allow = definition.allow ?? world.providedNames
            guard !allow.isEmpty else { return nil }
            allow.remove(at: generator.dice.below(allow.count))
            definition.allow = allow
        case .removeEveryAllow:
            definition.allow = []
        case .addAsk:
            definition.ask += generator.patterns(1...3, world.catalogue, errors: 0)
        case .removeLift:
            guard !definition.lifts.isEmpty else { return nil }
            definition.lifts.remove(at: generator.dice.below(definition.lifts.count))
        case .removeGrants:
            definition.grants = []
        case .removeUser:
            let listed = Generator.people.filter { definition.users == .everyone || world.lists($0) }
            definition.users = .only(Set(listed.dropFirst()))
        case .removeGuests:
            definition.guests = []
        case .removeApprover:
            guard let first = definition.approvers.min() else { return nil }
            definition.approvers.remove(first)
        case .removeSubject:
            guard let first = definition.subjects.min() else { return nil }
            definition.subjects.remove(first)
        case .restrictAnotherClass:
            definition.restricted = [.contacts, .financial]
        case .lowerTier:
            guard definition.tier == .two else { return nil }
            definition.tier = .one
        case .lowerBudget:
            definition.budget.callsPerMinute = min(definition.budget.callsPerMinute ?? 2, 2)
        }
        return world.changed { $0 = definition }
    }

    /// The request as those make it whom the edit is about.
    func aimed(_ request: Request) -> Request {
        guard self == .removeGuests else { return request }
        var request = request
        request.requester = .guest(SenderID("mail:eve@elsewhere.test"))
        return request
    }
}

/// A change of a request's facts that must never make a decision more permissive.
enum RequestNarrowing: String, CaseIterable, Sendable {
    case ceiling, clientAgents, seeMore, removeEvidence, agreeToLess, useBudget, stop, suspendPerson, losePermission
    case unshare, lackMore

    func apply(to request: Request, _ generator: inout Generator) -> Request {
        var request = request
        switch self {
        case .ceiling:
            request.client.ceiling.formIntersection(EffectSet(generator.dice.some(of: Effect.allCases, percent: 60)))
        case .clientAgents: request.client.agents.remove(Generator.agent)
        case .seeMore: request.labels = request.labels.joined(with: generator.labels())
        case .removeEvidence: request.evidence = generator.dice.some(of: request.evidence, percent: 40)
        case .agreeToLess: request.agreed = request.agreed?.filter { $0.destinations == .nobody }
        case .useBudget: request.budget.callsToday += 3
        case .stop: request.standing.isStopped = true
        case .suspendPerson: request.standing.person = .suspended
        case .unshare:
            request.isShared = false
            request.editsMemory = false
        case .lackMore:
            let tools = Generator.providers.flatMap { provider in (1...3).map { "\(provider).do_\($0)" } }
            request.connections = request.connections.map { connection in
                ConnectionFacts(
                    id: connection.id, provider: connection.provider, owner: connection.owner, host: connection.host,
                    account: connection.account, scopes: connection.scopes, health: connection.health,
                    lacks: Dictionary(uniqueKeysWithValues: tools.map { ($0, ["more"]) }),
                    assertedAs: connection.assertedAs)
            }
        case .losePermission:
            request.connections = request.connections.map { connection in
                ConnectionFacts(
                    id: connection.id, provider: connection.provider, owner: connection.owner, host: connection.host,
                    account: connection.account, scopes: connection.scopes.subtracting(["w"]),
                    health: connection.health, lacks: connection.lacks, assertedAs: connection.assertedAs)
            }
        }
        return request
    }
}

extension World {
    /// The tools that a definition without `allow` provides, by name.
    var providedNames: [String] {
        catalogue.tools.filter { tool in
            definition.tools.isEmpty
                ? definition.slots.contains { $0.provider == tool.provider }
                : definition.tools.contains { means($0, tool.name, groups: catalogue.groups) }
        }.map(\.name)
    }

    func lists(_ person: PersonID) -> Bool {
        if case .only(let people) = definition.users { people.contains(person) } else { false }
    }
}
