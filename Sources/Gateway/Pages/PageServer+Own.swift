import Authority
import Broker
import Console
import Definition
import Gate
import Hummingbird
import Registry
import Wire

/// What is a person's own: connections, agreements, tokens.
extension PageServer {
    @Sendable func connections(_ visit: Visit) async throws -> Response {
        let own = try await desks.connections.standings(in: visit.organization, of: .person(visit.person))
        let remote = Set(try await desks.servers.servers(in: visit.organization).map { ProviderID($0.name) })
        let rows = own.map { found in
            ConnectionsView.Row(
                path: "/connections/\(found.record.id)", provider: found.record.provider.raw,
                account: Inert.text(found.record.email ?? found.record.accountName), state: found.standing.state.words,
                trouble: found.standing.state == .revoked ? nil : found.sentence.map { Inert.text($0) },
                nextStep: found.stepOnPage, isRevoked: found.record.health == .revoked,
                hasTools: remote.contains(found.record.provider) && found.record.health == .healthy)
        }
        let providers = await settings.providers().map { provider in
            ConnectionsView.Provider(id: provider.raw, isChosen: provider.raw == visit.query["provider"])
        }
        let services = try await desks.guide.desk.services(
            in: visit.organization, for: visit.person
        ).map { service in
            ConnectionsView.Service(id: service.provider.raw, name: Inert.text(service.title))
        }
        return page(
            ConnectionsView(
                rows: rows, troubles: try await troubles(visit), questions: try await openQuestions(visit),
                services: services, providers: providers), visit,
            place: "connections",
            notice: visit.query["done"].flatMap(Self.doneWithConnections))
    }

    private static func doneWithConnections(_ done: String) -> String? {
        switch done {
        case "connected": "Connected."
        case "looked": "Looked. What is new or changed waits until whoever may release it has."
        case _: nil
        }
    }

    /// Asks a remote server for its tools with the person's own connection.
    @Sendable func lookAtTools(_ visit: Visit) async throws -> Response {
        let id = ConnectionID(visit.parameter)
        let own = try await desks.connections.list(in: visit.organization, of: .person(visit.person))
        guard let connection = own.first(where: { $0.id == id }) else { throw PageRefusal.notFound }
        _ = try await desks.servers.refresh(
            connection.provider.raw, own: id, of: visit.person, in: visit.organization)
        return redirect(to: "/connections?done=looked")
    }

    /// Of agents that the person owns: nobody else is told of them.
    private func troubles(_ visit: Visit) async throws -> [ConnectionsView.Trouble] {
        var troubles: [ConnectionsView.Trouble] = []
        for agent in try await desks.administration.agents(in: visit.organization)
        where agent.definition.owner == visit.person {
            for found in try await desks.connections.standings(in: visit.organization, of: .agent(agent.record.id)) {
                guard found.standing.state.needsSomebody, let sentence = found.sentence else { continue }
                troubles.append(
                    ConnectionsView.Trouble(
                        agent: agent.record.id.raw, provider: found.record.provider.raw,
                        state: found.standing.state.words, trouble: Inert.text(sentence),
                        nextStep: found.nextStep.map { Inert.text($0) }))
            }
        }
        return troubles
    }

    @Sendable func connect(_ visit: Visit) async throws -> Response {
        let owner = Owner.person(visit.person)
        let unmoved = await desks.administration.readings(of: NewConnection.scopes(of: owner, in: visit.organization))
        let people = try await desks.administration.people(in: visit.organization)
        var bytes = Array((visit.form["secret"] ?? "").utf8)
        let new = NewConnection(
            organization: visit.organization, owner: owner,
            provider: ProviderID(visit.form["provider"] ?? ""), agentOwner: nil, isSharedWithOwner: false,
            people: people.map { PersonClaim(person: $0.id, email: $0.email, subjects: $0.subjects) },
            by: Administrator.person(visit.person).text, under: unmoved)
        _ = try await desks.connections.add(new, secret: &bytes)
        return redirect(to: "/connections?done=connected")
    }

    @Sendable func disconnect(_ visit: Visit) async throws -> Response {
        let id = ConnectionID(visit.parameter)
        let own = try await desks.connections.list(in: visit.organization, of: .person(visit.person))
        guard own.contains(where: { $0.id == id }) else { throw PageRefusal.notFound }
        _ = try await desks.connections.revoke(
            id, in: visit.organization, by: Administrator.person(visit.person).text)
        return redirect(to: "/connections")
    }

    @Sendable func agreements(_ visit: Visit) async throws -> Response {
        let rows = try await desks.agreements.differences(for: visit.person, in: visit.organization).map { difference in
            AgreementsView.Row(
                agent: difference.agent.raw, path: "/agreements/\(difference.agent)",
                agreed: difference.agreed.map(\.sentence), new: difference.new.map(\.sentence),
                shown: difference.shown.hex)
        }
        return page(
            AgreementsView(rows: rows), visit, place: "agreements",
            notice: visit.query["done"] == "agreed" ? "Agreed." : nil)
    }

    @Sendable func agree(_ visit: Visit) async throws -> Response {
        guard let shown = visit.form["shown"].flatMap({ Digest(hex: $0) }) else { throw PageRefusal.foreign }
        try await desks.agreements.agree(
            to: AgentID(visit.parameter), by: visit.person, in: visit.organization, shown: shown)
        return redirect(to: "/agreements?done=agreed")
    }

    @Sendable func tokens(_ visit: Visit) async throws -> Response {
        page(TokensView(rows: try await tokenRows(visit)), visit, place: "tokens")
    }

    /// The token stands on this one page and nowhere else.
    @Sendable func takeUp(_ visit: Visit) async throws -> Response {
        let made = try await desks.administration.takeUp(code: visit.form["code"] ?? "", as: visit.person)
        return page(
            TokensView(rows: try await tokenRows(visit), new: made.secret.text), visit, place: "tokens")
    }

    @Sendable func revokeToken(_ visit: Visit) async throws -> Response {
        let id = ClientID(visit.parameter)
        let own = try await desks.administration.tokens(in: visit.organization).filter { $0.person == visit.person }
        guard own.contains(where: { $0.id == id }) else { throw PageRefusal.notFound }
        try await desks.administration.revokeToken(id, by: .person(visit.person), in: visit.organization)
        return redirect(to: "/tokens")
    }

    private func tokenRows(_ visit: Visit) async throws -> [TokensView.Row] {
        let now = settings.now()
        let granted = try await desks.oauth.grantIDs(of: visit.person, in: visit.organization)
        return try await desks.administration.tokens(in: visit.organization)
            .filter { $0.person == visit.person && $0.state != .offered && !granted.contains($0.id) }.reversed()
            .map { token in
                let isActive = token.state == .active && now < token.expires
                return TokensView.Row(
                    path: "/tokens/\(token.id)", id: token.id.raw,
                    label: token.label.isEmpty ? nil : Inert.text(token.label),
                    agents: token.agents.sorted().map(\.raw).joined(separator: ", ")
                        + (token.surface == .api ? " (conversations)" : ""),
                    state: isActive ? "active" : token.state == .active ? "expired" : token.state.rawValue,
                    expires: token.expires.shown, isActive: isActive)
            }
    }
}

extension StandingConnection {
    /// What its owner does on the page that they look at.
    fileprivate var stepOnPage: String? {
        switch standing.cause {
        case .works, .notRenewed, .keyRotated, .revoked: nil
        case .endsSoon, .ended, .grantOver, .ownerAsked, .permissionsRefused, .answerLost, .refused, .otherApp,
            .otherAccount, .secretEnds, .rotationDue, .rotationFailed:
            "connect it again below."
        case .notAsRecorded: "tell whoever runs this home, and connect it again below."
        case .appRefused, .appMissing, .providerForbids, .unopened, .toolsChanged, .toolsNew, .authorizationChanged,
            .permissionsLacking:
            "nothing; whoever runs this home has to mend it, and you needn't connect again."
        }
    }
}

extension ConnectionHealth {
    var shown: String {
        switch self {
        case .healthy: "healthy"
        case .broken: "refused by the service: connect it again"
        case .revoked: "revoked"
        }
    }
}
