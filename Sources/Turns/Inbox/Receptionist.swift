public import Authority
import Wire

/// Receives what comes from channels that know senders and no people: says for which agent it is, and who wrote it.
public struct Receptionist: Reception {
    private let accounts: any ChannelAccountStore
    private let senders: SenderDesk
    private let directory: any SenderDirectory
    private let routes: @Sendable (OrganizationID) async throws -> Routes
    /// The address by which this sender can show who they are; nil when they were sent one a moment ago.
    private let offer: @Sendable (SenderID, SenderStanding, OrganizationID) async throws -> String?

    public init(
        accounts: any ChannelAccountStore, senders: SenderDesk, directory: any SenderDirectory,
        routes: @escaping @Sendable (OrganizationID) async throws -> Routes,
        offer: @escaping @Sendable (SenderID, SenderStanding, OrganizationID) async throws -> String?
    ) {
        self.accounts = accounts
        self.senders = senders
        self.directory = directory
        self.routes = routes
        self.offer = offer
    }

    public func receive(_ message: InboundMessage) async throws -> Received {
        guard let account = try await accounts.channelAccount(message.account)?.account, !account.isPaused else {
            return .ignored("the account is gone or paused")
        }
        guard case .external(let sender, let standing) = message.sender else { return .ignored("it has no sender") }
        let isNamedBot = account.bots.contains(sender)
        guard !standing.isBot || isNamedBot else { return .ignored("a bot wrote it") }
        guard message.isAddressed else { return .ignored("it isn't addressed to the agent") }
        let routes = try await routes(account.id.organization)
        let agent: AgentID
        do throws(RouteError) {
            agent = try routes.route(message.arrival).agent
        } catch {
            return .ignored(error.sentence)
        }
        if !standing.isBot, let known = try await senders.person(of: message.sender, in: account.id.organization) {
            return .turn(agent, .person(known.person), sender)
        }
        if let matched = try await matched(sender, standing, account) {
            return .turn(agent, .person(matched.person), sender)
        }
        if isNamedBot { return .turn(agent, .guest(sender), sender) }
        switch account.unknown {
        case .guest: return .turn(agent, .guest(sender), sender)
        case .refuse:
            guard standing.proof != .none else { return .ignored("nobody knows who wrote it") }
            return .told(.notice(Receptionist.refusal, link: nil), to: sender)
        case .link:
            guard let link = try await offer(sender, standing, account.id.organization) else {
                return .ignored("a link is under way to whoever wrote it, or can't be sent")
            }
            return .told(.notice(Receptionist.asking, link: link), to: sender)
        }
    }

    /// Whom the directory of the account's own tenant makes of a sender that nobody is known by.
    private func matched(
        _ sender: SenderID, _ standing: SenderStanding, _ account: ChannelAccount
    ) async throws -> KnownSender? {
        guard account.matchesDirectory, !standing.isBot, !standing.isForeign, standing.proof != .none,
            let entry = try await directory.entry(of: sender, for: account)
        else { return nil }
        do throws(TurnsError) {
            return try await senders.match(entry, through: account.id)
        } catch {
            // Somebody linked or unlinked it just now: whoever it is then, the next message finds.
            guard error.code == .unavailable else { return nil }
            throw error
        }
    }

    public func isStill(
        _ requester: Requester, _ sender: SenderID?, in organization: OrganizationID
    ) async throws -> Bool {
        guard let person = requester.person, let sender else { return true }
        let standing = SenderStanding(proof: .platform)
        return try await senders.person(of: .external(sender, standing), in: organization)?.person == person
    }

    static let refusal =
        "I don't know who you are here, so I can't do anything for you. Whoever looks after me can say who you are."
    static let asking =
        "Show me once who you are: open this, signed in. It works for ten minutes, and only you were sent it. Then write again."
}
