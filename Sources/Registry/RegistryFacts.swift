public import Authority
import Definition
public import Gate
import Wire

/// The registry's part of a decision: standing, mandate, directory, agreement, each with the epoch it was read under.
public struct RegistryFacts: Facts {
    private let store: any RegistryStore & SharingStore
    private let commits: any Commits
    private let shelves: LiveShelf
    private let world: World
    private let channels: any ChannelCeilings
    private let facts = EpochCache<SessionKey, Cached>(bound: 20_000)
    private let mandates = EpochCache<AgentKey, CompiledAgent>(bound: 100_000)

    private struct AgentKey: Hashable {
        let organization: OrganizationID
        let agent: AgentID
    }

    private struct CompiledAgent {
        let mandate: Mandate
        /// Of the definition as it is stored.
        let definition: Digest
    }

    /// Everything but the passing of time, and what this one token of the client may do.
    private struct Cached {
        let facts: AuthorityFacts
        let expires: Timestamp

        func facts(for request: ToolCallRequest, at now: Timestamp) -> AuthorityFacts {
            let isExpired = now >= expires
            return isExpired || !request.ceiling.isSuperset(of: facts.client.ceiling)
                ? facts.narrowed(to: request.ceiling, isExpired: isExpired) : facts
        }
    }

    public init(
        store: any RegistryStore & SharingStore, commits: any Commits, shelf: LiveShelf, world: World,
        channels: any ChannelCeilings = NoChannels()
    ) {
        self.store = store
        self.commits = commits
        shelves = shelf
        self.world = world
        self.channels = channels
    }

    public func facts(for request: ToolCallRequest) async throws -> AuthorityFacts? {
        let organization = await reading(.organization(request.organization))
        try await shelves.catchUp(request.organization, to: organization.value)
        if let cached = facts.value(for: request.session, under: commits),
            cached.facts.mandate.catalogue.version == shelves.current.catalogue.version
        {
            return cached.facts(for: request, at: world.now())
        }
        // The epochs are read first: what changes after that makes the commit fail, never pass.
        let epochs = await readings(for: request)
        guard let found = try await read(request, epochs) else { return nil }
        facts.keep(found, for: request.session, read: epochs)
        return found.facts(for: request, at: world.now())
    }

    /// The agent's mandate, compiled. Nil when there is no such agent.
    public func mandate(of agent: AgentID, in organization: OrganizationID) async throws -> Mandate? {
        try await compiled(agent, in: organization)?.mandate
    }

    private func compiled(_ agent: AgentID, in organization: OrganizationID) async throws -> CompiledAgent? {
        let key = AgentKey(organization: organization, agent: agent)
        let catalogue = shelves.current.catalogue
        if let compiled = mandates.value(for: key, under: commits),
            compiled.mandate.catalogue.version == catalogue.version
        {
            return compiled
        }
        let epochs = await [reading(.agent(organization, agent))]
        guard let record = try await store.agent(agent, in: organization) else { return nil }
        let definition = try AgentDefinition(json: record.definition, organization: organization, agent: agent)
        let mandate = try Mandate(compiling: definition, with: catalogue)
        let compiled = CompiledAgent(mandate: mandate, definition: definition.json.digest)
        mandates.keep(compiled, for: key, read: epochs)
        return compiled
    }

    private func reading(_ scope: EpochScope) async -> EpochReading {
        await commits.reading(scope)
    }

    private func readings(for request: ToolCallRequest) async -> [EpochReading] {
        var scopes: [EpochScope] = [
            .organization(request.organization), .agent(request.organization, request.agent), .client(request.client),
        ]
        if let person = request.requester.person { scopes.append(.person(request.organization, person)) }
        return await commits.readings(of: scopes)
    }

    private func read(_ request: ToolCallRequest, _ epochs: [EpochReading]) async throws -> Cached? {
        guard let organization = try await store.organization(request.organization),
            let agent = try await store.agent(request.agent, in: request.organization),
            let compiled = try await compiled(request.agent, in: request.organization)
        else { return nil }
        let mandate = compiled.mandate
        let people = try await store.people(in: request.organization)
        let client = try await client(of: request)
        let principal = mandate.principal(for: request.requester)
        let standing = StandingFacts(
            organization: organization.standing == .suspended ? .active : organization.standing,
            agent: agent.standing,
            person: standing(of: request.requester.person, principal, among: people),
            client: client.standing, isStopped: organization.standing == .suspended)
        return Cached(
            facts: AuthorityFacts(
                mandate: mandate, definition: compiled.definition, standing: standing,
                client: client.facts,
                subjects: people.first { $0.id == principal }?.subjects ?? [:],
                agreed: try await agreed(by: principal, with: mandate),
                directory: directory(of: people),
                people: Set(people.filter { $0.standing == .active }.map(\.id)),
                isShared: try await isShared(mandate, with: request.requester), epochs: epochs),
            expires: client.expires)
    }

    /// Nothing is done for a principal who has left, whoever asks.
    private func standing(of requester: PersonID?, _ principal: PersonID?, among people: [PersonRecord]) -> Standing {
        for person in [requester, principal] {
            guard let person else { continue }
            let standing = people.first { $0.id == person }?.standing ?? .removed
            if standing != .active { return standing }
        }
        return .active
    }

    private struct Client {
        let standing: Standing
        let facts: ClientFacts
        let expires: Timestamp

        static let none = Client(
            standing: .removed, facts: ClientFacts(ceiling: [], agents: []), expires: Timestamp(microseconds: 0))
    }

    /// A token, or the channel's account that a conversation came in by.
    private func client(of request: ToolCallRequest) async throws -> Client {
        if let account = request.client.channelAccount {
            guard
                let ceiling = try await channels.ceiling(
                    of: account.kind, account.name, in: request.organization)
            else { return .none }
            return Client(
                standing: .active, facts: ClientFacts(ceiling: ceiling, agents: [request.agent]),
                expires: Timestamp(microseconds: .max))
        }
        guard let token = try await store.token(request.client), token.organization == request.organization,
            token.person == request.requester.person
        else { return .none }
        let standing: Standing =
            switch token.state {
            case .active: .active
            case .offered, .revoked: .removed
            }
        return Client(
            standing: standing, facts: ClientFacts(ceiling: token.ceiling, agents: token.agents), expires: token.expires
        )
    }

    private func agreed(by principal: PersonID?, with mandate: Mandate) async throws -> Set<Capability>? {
        guard mandate.definition.actsAs == .assistant, let principal else { return nil }
        return try await store.agreement(of: principal, with: mandate.agent, in: mandate.organization)?.capabilities
    }

    /// Whatever changes a share or a group bumps the epochs of the people whom it concerns.
    private func isShared(_ mandate: Mandate, with requester: Requester) async throws -> Bool {
        guard let person = requester.person, mandate.definition.users != .everyone else { return false }
        return try await store.sharing(in: mandate.organization).rights(of: person, on: mandate.agent).contains(.use)
    }

    private func directory(of people: [PersonRecord]) -> Directory {
        let active = people.filter { $0.standing == .active }
        return Directory(
            peopleByAddress: Dictionary(active.map { ($0.email, $0.id) }, uniquingKeysWith: { first, _ in first }))
    }
}

extension AuthorityFacts {
    fileprivate func narrowed(to ceiling: EffectSet, isExpired: Bool) -> AuthorityFacts {
        var standing = standing
        if isExpired { standing.client = .expired }
        let client = ClientFacts(ceiling: client.ceiling.intersection(ceiling), agents: client.agents)
        return AuthorityFacts(
            mandate: mandate, definition: definition, standing: standing, client: client, subjects: subjects,
            agreed: agreed, directory: directory, people: people, isShared: isShared, epochs: epochs)
    }
}
