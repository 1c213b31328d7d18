import Authority
public import Gate
public import Logging
import Synchronization
import Wire

/// Tells whoever writes more than is taken what becomes of it: alone, in the channel's own way, and once within an hour, however
/// many gateways hear them. Bots and senders whom nobody knows are told nothing, so that no two machines talk to each other.
public struct FloodDesk: Sendable {
    public enum Fate: Sendable {
        /// It isn't kept.
        case dropped
        /// It isn't kept, and its platform tells it again, a few times.
        case refused
        /// It waits where it is, and is taken later.
        case postponed
    }

    private let accounts: any ChannelAccountStore
    private let senders: any Senders
    private let commits: any Commits
    private let payloads: PayloadKeeper
    private let world: World
    private let bell: Bell
    private let log: Logger
    private let recent = RecentlyTold()

    /// - Parameter bell: rung when something is to be sent.
    public init(
        accounts: any ChannelAccountStore, senders: any Senders, commits: any Commits, payloads: PayloadKeeper,
        world: World, bell: Bell, log: Logger
    ) {
        self.accounts = accounts
        self.senders = senders
        self.commits = commits
        self.payloads = payloads
        self.world = world
        self.bell = bell
        self.log = log
    }

    /// Seconds between two such words to one sender.
    public static let pause: Int64 = 3_600

    /// What came is settled already: where nobody can be told now, nobody is.
    public func tell(_ message: InboundMessage, _ fate: Fate) async {
        do {
            guard let sender = try await told(of: message) else { return }
            let organization = message.account.organization
            let now = world.now()
            let said = try OutboxEntry.saying(
                .notice(fate.sentence, link: nil), to: sender, from: message.account,
                in: ConversationID(in: message.place, of: message.account), reply: message.reply, turn: nil, payloads,
                world)
            do throws(CommitError) {
                try await commits.commit(
                    Transaction(
                        changes: [
                            TurnChange.warn(
                                organization, sender, at: now, unlessSince: now.adding(seconds: -FloodDesk.pause))
                        ] + said))
                bell.ring()
            } catch {
                guard case .exists = error else { throw error }
            }
            recent.note(sender, at: now)
        } catch {
            if Task.isCancelled { return }
            log.error(
                "whoever writes too much can't be told",
                metadata: ["account": "\(message.account)", "error": "\(error)"])
        }
    }

    /// Nil for everybody who isn't told.
    private func told(of message: InboundMessage) async throws -> SenderID? {
        guard message.isAddressed, case .external(let sender, let standing) = message.sender, !standing.isBot,
            !recent.has(sender, since: world.now().adding(seconds: -FloodDesk.pause)),
            let account = try await accounts.channelAccount(message.account)?.account, !account.isPaused,
            !account.bots.contains(sender),
            try await senders.person(of: message.sender, in: message.account.organization) != nil
        else { return nil }
        return sender
    }
}

extension FloodDesk.Fate {
    fileprivate var sentence: String {
        switch self {
        case .dropped:
            "You have written more than I can take at once. What you write now is set aside, and nothing comes of it: "
                + "wait until I have answered what came before, then send it again. To end what is under way, write `stop`."
        case .refused:
            "More waits here than I can take now, so that what you write is set aside. It may come through by itself: if I "
                + "haven't answered within an hour, send it again."
        case .postponed:
            "You have written more mails than I take within an hour. What you send now is set aside until the next hour, and "
                + "I answer it then: you needn't send it again."
        }
    }
}

/// Whom this process needn't look up again. The store says what is true.
private final class RecentlyTold: Sendable {
    private static let most = 1_000
    private let told = Mutex<[SenderID: Timestamp]>([:])

    func has(_ sender: SenderID, since: Timestamp) -> Bool {
        told.withLock { ($0[sender].map { $0 > since }) ?? false }
    }

    func note(_ sender: SenderID, at now: Timestamp) {
        told.withLock { told in
            if told.count >= RecentlyTold.most { told.removeAll() }
            told[sender] = now
        }
    }
}
