public import Authority
public import Gate
public import Wire

/// Where a person is shown cards of an agent: in a conversation that nobody reads but them and an account that the agent
/// answers from, else by mail to their own address, from the agent's mailbox or the home's mail server.
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
    private let addressees: any Addressees
    /// Whether the home has a mail server of its own.
    private let hasMail: @Sendable () async throws -> Bool

    public init(
        store: any Store, senders: any Senders, channels: [any DeliveringChannel],
        routes: @escaping @Sendable (OrganizationID) async throws -> Routes, addressees: any Addressees,
        hasMail: @escaping @Sendable () async throws -> Bool
    ) {
        self.store = store
        self.senders = senders
        self.channels = channels
        self.routes = routes
        self.addressees = addressees
        self.hasMail = hasMail
    }

    /// The first in the order of accounts, then of senders; nil when there is none. Mail comes after all others, that of the
    /// home itself last.
    ///
    /// - Parameters:
    ///   - tried: accounts by which it couldn't be shown.
    ///   - thread: what a letter's thread is called.
    public func place(
        of person: PersonID, for agent: AgentID, in organization: OrganizationID, notBy tried: Set<String>,
        thread: @autoclosure () -> String
    ) async throws -> Place? {
        let routes = try await routes(organization)
        let accounts = try await store.channelAccounts(in: organization).map(\.account).filter { account in
            !account.isPaused && account.connection != nil && !tried.contains("\(account.id)")
                && routes.answers(agent, by: account.id.kind.rawValue, account.id.name)
        }
        if let place = try await conversation(with: person, by: accounts, in: organization) { return place }
        guard let address = try await addressees.address(of: person, in: organization) else { return nil }
        let sender = SenderID("mail:\(address)")
        let home = ChannelAccountID.homeMail(of: organization)
        var letters = accounts.map(\.id)
        if !tried.contains("\(home)"), try await hasMail() { letters.append(home) }
        for account in letters {
            let channel = channels.first { $0.traits.kind == account.kind }
            if let reply = channel?.letter(to: sender, about: CardPlaces.subject(agent), thread: thread()) {
                return Place(account: account, sender: sender, reply: reply)
            }
        }
        return nil
    }

    private func conversation(
        with person: PersonID, by accounts: [ChannelAccount], in organization: OrganizationID
    ) async throws -> Place? {
        let links = try await store.senderLinks(in: organization).filter { $0.person == person }
        for account in accounts {
            guard let channel = channels.first(where: { $0.traits.kind == account.id.kind }), channel.traits.hasButtons
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

    private static func subject(_ agent: AgentID) -> String { "The agent \(agent) asks for your answer" }
}
