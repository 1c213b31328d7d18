import Authority
import Gate
import Wire

/// Reads what a decision needs to know of a request, for an agent as it is or as it would be.
struct FactsReader {
    let store: any RegistryStore & SharingStore
    let channels: any ChannelCeilings

    /// A token or a channel's account.
    struct Client {
        let standing: Standing
        let facts: ClientFacts
        let expires: Timestamp

        static let none = Client(
            standing: .removed, facts: ClientFacts(ceiling: [], agents: []), expires: Timestamp(microseconds: .max))
    }

    func facts(
        for request: ToolCallRequest, _ organization: OrganizationRecord, _ agent: Subject, _ people: some KnownPeople,
        _ client: Client, _ epochs: [EpochReading]
    ) async throws -> AuthorityFacts {
        let mandate = agent.mandate
        let principal = mandate.principal(for: request.requester)
        let standing = StandingFacts(
            organization: organization.standing == .suspended ? .active : organization.standing,
            agent: agent.standing,
            person: try await standing(of: request.requester.person, principal, among: people),
            client: client.standing, isStopped: organization.standing == .suspended)
        let shared = try await shared(mandate, with: request)
        return AuthorityFacts(
            mandate: mandate, definition: agent.definition, standing: standing, client: client.facts,
            subjects: try await subjects(of: principal, among: people),
            agreed: try await agreed(by: principal, with: mandate), directory: people.directory,
            isShared: shared.contains(.use), editsMemory: shared.contains(.editMemory), epochs: epochs)
    }

    /// The standing orders of an agent that may have any.
    func orders(of mandate: Mandate) async throws -> OrderBook? {
        guard mandate.definition.actsAs == .delegate, mandate.definition.tier == .three else { return nil }
        return OrderBook(
            json: try await store.document(OrderBook.document(of: mandate.agent), in: mandate.organization))
    }

    /// A token, or the channel's account that a conversation came in by.
    func client(of request: ToolCallRequest) async throws -> Client {
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

    /// Nothing is done for a principal who has left, whoever asks.
    private func standing(
        of requester: PersonID?, _ principal: PersonID?, among people: some KnownPeople
    ) async throws -> Standing {
        for person in Set([requester, principal].compactMap(\.self)).sorted() {
            let standing = try await people.person(person)?.standing ?? .removed
            if standing != .active { return standing }
        }
        return .active
    }

    private func subjects(
        of principal: PersonID?, among people: some KnownPeople
    ) async throws -> [ProviderID: String] {
        guard let principal else { return [:] }
        return try await people.person(principal)?.subjects ?? [:]
    }

    private func agreed(by principal: PersonID?, with mandate: Mandate) async throws -> Set<Capability>? {
        guard mandate.definition.actsAs == .assistant, let principal else { return nil }
        return try await store.agreement(of: principal, with: mandate.agent, in: mandate.organization)?.capabilities
    }

    /// Whatever changes a share or a group bumps the epochs of the people whom it concerns.
    private func shared(_ mandate: Mandate, with request: ToolCallRequest) async throws -> Set<ShareRight> {
        guard let person = request.requester.person else { return [] }
        let sharing = try await store.sharing(of: mandate.agent, in: mandate.organization)
        let rights = sharing.rights(of: person, on: mandate.agent)
        switch sharing.reach(of: person, on: mandate.agent) {
        case .everywhere, .nowhere: return rights
        case .only(let places):
            let place = try await place(of: request)
            return place.map(places.contains) == true ? rights : rights.subtracting([.use])
        }
    }

    /// Where the conversation is that a call comes from; nil for whatever comes over a token.
    private func place(of request: ToolCallRequest) async throws -> SharedPlace? {
        guard let account = request.client.channelAccount, let conversation = request.client.conversation,
            let peer = try await channels.peer(of: conversation, in: request.organization)
        else { return nil }
        return SharedPlace(kind: account.kind, account: account.name, peer: peer)
    }
}
