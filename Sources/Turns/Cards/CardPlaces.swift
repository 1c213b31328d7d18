public import Authority
public import Wire

/// Where a person is shown cards of an agent: in a conversation that nobody reads but them and an account that the agent
/// answers from.
public struct CardPlaces: Sendable {
    public typealias Store = SenderStore & ChannelAccountStore

    public struct Place: Sendable, Hashable {
        public let account: ChannelAccountID
        public let sender: SenderID
        /// As an inbound message would have given it.
        public let reply: JSONObject
    }

    private let store: any Store
    private let senders: any Senders
    private let channels: [any DeliveringChannel]
    private let routes: @Sendable (OrganizationID) async throws -> Routes

    public init(
        store: any Store, senders: any Senders, channels: [any DeliveringChannel],
        routes: @escaping @Sendable (OrganizationID) async throws -> Routes
    ) {
        self.store = store
        self.senders = senders
        self.channels = channels
        self.routes = routes
    }

    /// The first in the order of accounts, then of senders; nil when there is none.
    public func place(
        of person: PersonID, for agent: AgentID, in organization: OrganizationID
    ) async throws -> Place? {
        let links = try await store.senderLinks(in: organization).filter { $0.person == person }
        guard !links.isEmpty else { return nil }
        let routes = try await routes(organization)
        for record in try await store.channelAccounts(in: organization) {
            let account = record.account
            guard !account.isPaused, account.connection != nil,
                let channel = channels.first(where: { $0.traits.kind == account.id.kind }), channel.traits.hasButtons,
                routes.answers(agent, by: account.id.kind.rawValue, account.id.name)
            else { continue }
            for link in links {
                // Linked is not enough: they have to be active now.
                let known = try await senders.person(
                    of: .external(link.sender, SenderStanding(proof: .platform)), in: organization)
                guard known?.person == person, let reply = channel.alone(with: link.sender, from: account) else {
                    continue
                }
                return Place(account: account.id, sender: link.sender, reply: reply)
            }
        }
        return nil
    }
}
