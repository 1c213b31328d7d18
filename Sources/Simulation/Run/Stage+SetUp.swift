import Authority
import Broker
import Gate
import Registry

extension Stage {
    /// Both organizations with everybody in them, everything connected, and a token for each person.
    func setUp() {
        let gateway = gateways[0]
        var generator = SeededGenerator(seed: options.seed, stream: "setup")
        let small = generator.once(in: 3)
        act(.administering) { [self] in
            for gateway in gateways {
                try await gateway.start()
                gateway.isReady.value = true
            }
            for organization in Cast.organizations {
                try await found(organization, gateway)
                try await register(in: organization, gateway)
            }
            for organization in Cast.organizations {
                for person in Cast.people(of: organization) {
                    try await connect(.person(person), person.raw, in: organization, gateway)
                    try await hand(to: person, in: organization, gateway)
                    // A second client, so that sessions and callers differ.
                    if !small { try await hand(to: person, in: organization, gateway) }
                }
                for agent in Cast.agents where agent.raw != "helper" {
                    try await connect(.agent(agent), agent.raw, in: organization, gateway)
                }
            }
            universe.note("set up")
        }
        drain()
        precondition(book.clients.count >= 6, "the simulation's own home can't be made: \(universe.story)")
    }

    private func found(_ organization: OrganizationID, _ gateway: Gateway) async throws {
        let administration = gateway.administration
        try await administration.addOrganization(
            organization, name: organization.raw, domains: ["\(organization).test"], by: .demo)
        for person in Cast.people(of: organization) {
            _ = try await administration.addPerson(
                person, name: nil, email: Cast.email(person.raw, in: organization), subjects: [:], by: .demo,
                in: organization)
        }
        for agent in Cast.agents {
            _ = try await administration.addAgent(Cast.definition(of: agent, in: organization), by: .demo)
        }
        _ = try await administration.share(
            AgentID("robot"), with: .organization, rights: [.use], acknowledged: true, by: .demo, in: organization)
    }

    /// Connects an account whose address is its owner's own.
    ///
    /// - Parameter earlier: the connection that gets the new grant.
    func connect(
        _ owner: Owner, _ name: String, in organization: OrganizationID, _ gateway: Gateway,
        over earlier: ConnectionID? = nil
    ) async throws {
        let unmoved = await gateway.administration.readings(of: NewConnection.scopes(of: owner, in: organization))
        let people = try await gateway.administration.people(in: organization)
        let new = NewConnection(
            organization: organization, owner: owner, provider: Cast.provider, agentOwner: Cast.owner,
            isSharedWithOwner: false,
            people: people.map { PersonClaim(person: $0.id, email: $0.email, subjects: $0.subjects) },
            by: "simulation", under: unmoved)
        if let server = universe.tokens {
            let asked = gateway.world.now()
            let answer = server.grant(Cast.email(name, in: organization))
            let account = try await gateway.connections.account(of: answer, for: new)
            var row: ConnectionRecord?
            if let earlier { row = try await gateway.store.connection(earlier) }
            _ = try await gateway.connections.keep(
                Granted(
                    provider: Cast.provider, clientID: Stage.client, answer: answer, asked: asked, requested: ["mail"],
                    account: account), for: new, over: row)
            return
        }
        let secret = universe.provider.secret(of: Cast.email(name, in: organization))
        universe.oracle.knows(secret: secret, of: name)
        var bytes = Array(secret.utf8)
        _ = try await gateway.connections.add(new, secret: &bytes)
    }

    /// Whom the provider knows us as.
    private static let client = "simulation"

    private func register(in organization: OrganizationID, _ gateway: Gateway) async throws {
        guard universe.tokens != nil else { return }
        var secret = Array("sek-app".utf8)
        _ = try await gateway.apps.add(
            Cast.provider, in: organization, clientID: Stage.client, authentication: nil, secret: &secret,
            replaces: false, by: "simulation")
    }

    /// Makes a token for a person's every agent.
    func hand(to person: PersonID, in organization: OrganizationID, _ gateway: Gateway) async throws {
        let made = try await gateway.administration.createToken(
            for: person, agents: Set(Cast.agents), label: "client", seconds: 30 * 86_400, by: .demo, in: organization)
        book.clients.append(
            ClientBook.Client(
                organization: organization, person: person, id: made.record.id, token: made.secret.text))
    }
}
