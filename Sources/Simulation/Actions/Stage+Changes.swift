import Authority
import Broker
import Gate
import Registry
import Wire

extension Stage {
    /// Somebody who administers changes who may do what.
    func beginChange(_ action: Action, at gateway: Gateway, _ given: inout SeededGenerator) {
        let organization = given.pick(Cast.organizations)
        let person = given.pick(Cast.people(of: organization))
        let agent = given.pick(Cast.agents)
        let (isOff, number) = (given.once(in: 2), given.below(100))
        let universe = universe
        let administration = gateway.administration
        switch action {
        case .connect, .disconnect:
            let owner: Owner = isOff || agent.raw == "helper" ? .person(person) : .agent(agent)
            let name = owner == .person(person) ? person.raw : agent.raw
            act(.connecting) { [self] in
                let open = try await gateway.connections.list(in: organization, of: owner).filter {
                    $0.health == .healthy
                }
                // People connect again without taking away what there is.
                if let first = open.first, action == .connect, universe.tokens != nil, number % 2 == 0 {
                    try await connect(owner, name, in: organization, gateway, over: first.id)
                    return universe.note("connected \(name) again")
                }
                if action == .disconnect || !open.isEmpty {
                    guard let first = open.first else { return }
                    _ = try await gateway.connections.revoke(first.id, in: organization, by: "simulation")
                    universe.note("disconnected \(name)")
                    if action == .disconnect { return }
                }
                try await connect(owner, name, in: organization, gateway)
                universe.note("connected \(name)")
            }
        case .revokeToken:
            let mine = book.clients.filter { $0.organization == organization }
            guard mine.count > 1 else { return }
            let client = mine[number % mine.count]
            act(.administering) { [self] in
                try await administration.revokeToken(client.id, by: .demo, in: organization)
                universe.note("revoked \(client.id)")
                if book.clients.count > 8 { book.clients.removeAll { $0.id == client.id } }
            }
        case .makeToken: act(.administering) { [self] in try await hand(to: person, in: organization, gateway) }
        case .stopAgent:
            toggle("\(agent)", isOff) {
                _ = try await administration.setStanding(
                    isOff ? .suspended : .active, of: agent, by: .demo, in: organization)
            }
        case .stopOrganization:
            toggle("\(organization)", isOff) {
                try await administration.setStopped(isOff, organization, by: .demo)
                if isOff { try await administration.setStopped(false, organization, by: .demo) }
            }
        case .suspendPerson:
            toggle("\(person)", isOff) { [self] in
                if isOff {
                    _ = try await administration.suspendPerson(person, by: .demo, in: organization)
                } else {
                    _ = try await administration.resumePerson(person, by: .demo, in: organization)
                    try await hand(to: person, in: organization, gateway)
                }
            }
        case .editAgent: edit(agent, organization, number, at: gateway)
        case .clearSession:
            act(.administering) {
                try await administration.clearSessions(of: person, with: agent, by: .demo, in: organization)
            }
        case .call, .callAgain, .answer, .revokeWindow, .runApprovals, .runNotices, .sign, .wait, .waitLong, .kill,
            .pause, .takeOver, .renew:
            return
        }
    }

    private func toggle(_ what: String, _ isOff: Bool, _ body: @escaping @Sendable () async throws -> Void) {
        let universe = universe
        act(.administering) {
            try await body()
            universe.note("\(what) \(isOff ? "off" : "on")")
        }
    }

    private func edit(_ agent: AgentID, _ organization: OrganizationID, _ number: Int, at gateway: Gateway) {
        let changes: JSONObject =
            switch number % 5 {
            case 0: ["deny": ["gmail.note"]]
            case 1: ["deny": []]
            case 2: ["ask": ["gmail.note"]]
            case 3: ["ask": ["gmail.mend"]]
            case _: ["budget": ["callsPerMinute": .number(JSONNumber(2 + number % 3))]]
            }
        let (administration, universe) = (gateway.administration, universe)
        act(.administering) {
            _ = try await administration.editAgent(
                agent, changes: changes, acknowledged: true, by: .demo, in: organization)
            universe.note("edited \(agent) \(number % 5)")
        }
    }
}
