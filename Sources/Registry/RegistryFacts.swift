public import Authority
import Definition
public import Gate
import Wire

/// The agent that a decision is about.
struct Subject {
    let mandate: Mandate
    /// Of the definition that the mandate was compiled from.
    let definition: Digest
    let standing: Standing
}

/// The registry's part of a decision: standing, mandate, directory, agreement, each with the epoch it was read under.
public struct RegistryFacts: Facts {
    let store: any RegistryStore & SharingStore
    private let commits: any Commits
    private let shelves: LiveShelf
    private let world: World
    private let channels: any ChannelCeilings
    private let instructions: @Sendable (AgentID) -> String?
    private let facts = EpochCache<SessionKey, Cached>(bound: 20_000)
    private let addresses = StoredPeople.Memory(bound: 100_000)
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
        let orders: OrderBook?

        /// - Parameter instructions: the revision of an agent's standing orders as they are written now.
        func facts(
            for request: ToolCallRequest, at now: Timestamp, _ instructions: (AgentID) -> String?
        ) -> AuthorityFacts {
            let isExpired = now >= expires
            var facts =
                isExpired || !request.ceiling.isSuperset(of: facts.client.ceiling)
                ? facts.narrowed(to: request.ceiling, isExpired: isExpired) : facts
            if let orders, !request.trigger.isAttended {
                facts.orders = orders.facts(current: instructions(request.agent), at: now)
            }
            return facts
        }
    }

    public init(
        store: any RegistryStore & SharingStore, commits: any Commits, shelf: LiveShelf, world: World,
        channels: any ChannelCeilings = NoChannels(),
        instructions: @escaping @Sendable (AgentID) -> String? = { _ in nil }
    ) {
        self.store = store
        self.commits = commits
        shelves = shelf
        self.world = world
        self.channels = channels
        self.instructions = instructions
    }

    public func facts(for request: ToolCallRequest) async throws -> AuthorityFacts? {
        let organization = await reading(.organization(request.organization))
        try await shelves.catchUp(request.organization, to: organization.value)
        if let cached = facts.value(for: request.session, under: commits),
            cached.facts.mandate.catalogue.version == shelves.current.catalogue.version
        {
            return cached.facts(for: request, at: world.now(), instructions)
        }
        // The epochs are read first: what changes after that makes the commit fail, never pass.
        let epochs = await readings(for: request)
        guard let found = try await read(request, epochs) else { return nil }
        facts.keep(found, for: request.session, read: epochs)
        return found.facts(for: request, at: world.now(), instructions)
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
        let reader = FactsReader(store: store, channels: channels)
        let client = try await reader.client(of: request)
        return Cached(
            facts: try await reader.facts(
                for: request, organization,
                Subject(mandate: compiled.mandate, definition: compiled.definition, standing: agent.standing),
                StoredPeople(
                    store: store, commits: commits, organization: request.organization, memory: addresses),
                client, epochs),
            expires: client.expires, orders: try await reader.orders(of: compiled.mandate))
    }
}
