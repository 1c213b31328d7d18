import Authority
public import Gate
import Ledger
import Wire

/// Tells people of their connections where they talk: in a conversation that nobody but them and an account's app reads.
///
/// It goes to a sender that was proved to be theirs, and to none other; nothing is said where others are. An errand, with its
/// leaf before it.
public struct ChannelNotifier: Notifier {
    public typealias Store = SenderStore & ChannelAccountStore & Commits

    private let store: any Store
    private let channels: [any DeliveringChannel]
    private let delivery: any Delivery
    private let world: World

    public init(
        store: any Store, channels: [any DeliveringChannel], delivery: any Delivery, world: World
    ) {
        self.store = store
        self.channels = channels
        self.delivery = delivery
        self.world = world
    }

    public func leads(to notice: QueuedNotice) async throws -> Bool {
        switch notice.subject {
        case .approval, .agreement: false
        // A person's own is shown to them where they asked.
        case .connection where !notice.isOfAgentsAccount: false
        case .trouble, .tools, .schedule, .connection:
            try await !places(of: notice.person, in: notice.organization).isEmpty
        }
    }

    /// By the first of the person's places that takes it.
    public func notify(_ notice: Notice) async throws(NoticeFailure) {
        let places: [Place]
        do {
            places = try await self.places(of: notice.person, in: notice.organization)
        } catch {
            throw .notSent("the gateway can't read its own state")
        }
        var failure = NoticeFailure.refused("no sender in a channel is known to be theirs")
        for place in places {
            switch try await delivered(notice, to: place) {
            case .delivered: return
            case .retry(_, let reason), .putOff(_, let reason): throw .notSent(reason)
            case .unknown(let reason): throw .unknown(reason)
            case .refused(let reason): failure = .refused(reason)
            }
        }
        throw failure
    }

    private struct Place {
        let account: ChannelAccountID
        let sender: SenderID
        let reply: JSONObject
    }

    /// In the order of the accounts, then of the senders.
    private func places(of person: PersonID, in organization: OrganizationID) async throws -> [Place] {
        let senders = try await store.senderLinks(in: organization).filter { $0.person == person }.map(\.sender)
        guard !senders.isEmpty else { return [] }
        var places: [Place] = []
        for record in try await store.channelAccounts(in: organization) where !record.account.isPaused {
            let account = record.account
            guard account.connection != nil, let channel = channels.first(where: { $0.traits.kind == account.id.kind })
            else { continue }
            for sender in senders {
                guard let reply = channel.alone(with: sender, from: account) else { continue }
                places.append(Place(account: account.id, sender: sender, reply: reply))
            }
        }
        return places
    }

    private func delivered(_ notice: Notice, to place: Place) async throws(NoticeFailure) -> DeliveryOutcome {
        do {
            let leaf = try Leaf(
                kind: .session, time: world.now().microseconds,
                fields: [
                    "change": "notice.sending", "message": .string(notice.id.raw),
                    "account": .string("\(place.account)"),
                    "person": .string(notice.person.raw), "sender": .string(place.sender.raw),
                ])
            try await store.commit(
                Transaction(leaves: [PlacedLeaf(leaf, in: .organization(notice.organization))]))
        } catch {
            throw .notSent("the ledger can't be written")
        }
        return await delivery.deliver(
            OutboundMessage(
                id: notice.id.raw, account: place.account, reply: place.reply, privately: place.sender,
                content: .notice(notice.sentence, link: notice.link)), after: 0
        ).outcome
    }
}

extension Notice {
    fileprivate var sentence: String {
        let told: String =
            switch matter {
            case .connectionsInTrouble(1): "A connection of yours doesn't work any more, or won't for long."
            case .connectionsInTrouble(let count):
                "\(count) connections of yours don't work any more, or won't for long."
            case .toolsChanged:
                "Tools of a remote server are new or have changed. Nobody may call them until somebody has looked."
            case .schedulesStopped(1):
                "A schedule of an agent of yours has stopped, and asks nothing until it is resumed."
            case .schedulesStopped(let count):
                "\(count) schedules of agents of yours have stopped, and ask nothing until they are resumed."
            case .test: "Notices reach you here. Nothing waits for you now."
            case .connectionNeeded: "An agent of yours can't go on without an account of its own."
            case .approvals, .agreementNeeded: "Something waits for you."
            }
        return told + " Sign in to see it: the link gives nobody a right."
    }
}
