import Authority
public import Gate
public import Logging
import Wire

/// Sends one message on its channel, with the account that the conversation came in by. An errand.
public protocol Delivery: Sendable {
    /// Whether this account's channel knows a message that is sent twice.
    func knowsRepeats(_ account: ChannelAccountID) async throws -> Bool
    /// Brings the files of a message to its channel, where nobody sees them yet: doing it twice is harmless.
    func prepare(_ message: OutboundMessage) async -> Prepared
    /// - Parameter parts: how many of its requests were taken before. Those aren't made again.
    func deliver(_ message: OutboundMessage, after parts: Int) async -> Delivered
}

/// What became of an attempt at a message.
public struct Delivered: Sendable, Hashable {
    /// Requests that the channel has taken by now.
    public let parts: Int
    /// Of the request after them; of the last one when all were taken.
    public let outcome: DeliveryOutcome
    /// The channel's own id of the last part that it took.
    public let said: String?

    public init(parts: Int, _ outcome: DeliveryOutcome, said: String? = nil) {
        self.parts = parts
        self.outcome = outcome
        self.said = said
    }
}

/// Empties the outbox, each conversation in its order, beside other gateways that do. What waits is durable: after a restart it
/// is found again.
public struct OutboxRunner: Sendable {
    public typealias Store = OutboxStore & TurnStore & Commits

    let store: any Store
    let payloads: PayloadKeeper
    let delivery: any Delivery
    let world: World
    private let bell: Bell
    private let log: Logger
    private let rests = AccountRests()
    private let sending = Lanes<OutboxID, ChannelAccountID>(most: 64, each: 8)

    /// - Parameter bell: rung when something is to be sent.
    public init(
        store: any Store, payloads: PayloadKeeper, delivery: any Delivery, world: World, bell: Bell, log: Logger
    ) {
        self.store = store
        self.payloads = payloads
        self.delivery = delivery
        self.world = world
        self.bell = bell
        self.log = log
    }

    private static let idle = Duration.seconds(1)
    /// Tries, and seconds since a message was there, after both of which it failed: what a platform's bad hour holds up is sent
    /// when it is over.
    private static let tries = 8
    private static let patience: Int64 = 4 * 3_600
    /// Seconds between two tries, at the most.
    private static let longestRest = 600
    /// Taken at one look, so that something is left for other gateways.
    private static let atOnce = 16
    private static let putOff = 30

    /// Runs until cancelled. What is being sent is sent to its end.
    public func run() async {
        while !Task.isCancelled {
            await begin()
            await bell.wait(atMost: OutboxRunner.idle)
        }
        await sending.wait()
    }

    /// Sends what is due, to its end.
    ///
    /// - Returns: how many messages that were.
    @discardableResult
    public func sweep() async -> Int {
        let count = await begin()
        await sending.wait()
        return count
    }

    /// Begins to send what is due: of each conversation its first message, several conversations at once. A channel that is slow
    /// holds up itself alone.
    @discardableResult
    private func begin() async -> Int {
        do {
            // Looked at first: what isn't among them and is being sent all the same, a gateway sent that is gone.
            let busy = sending.jobs
            let heads = try await store.claimOutbox(
                at: world.now(), limit: sending.limit(atOnce: OutboxRunner.atOnce), each: sending.each
            ).filter { !busy.contains($0.id) }
            for entry in heads {
                sending.start(entry.id, in: entry.account) {
                    await self.take(entry)
                    // The next one of its conversation may be sent.
                    self.bell.ring()
                }
            }
            return heads.count
        } catch {
            if !Task.isCancelled { log.error("the outbox can't be read", metadata: ["error": "\(error)"]) }
            return 0
        }
    }

    private func take(_ entry: OutboxEntry) async {
        switch entry.state {
        case .waiting: await send(entry)
        case .sending: await giveUp(entry)
        case .delivered, .unknown, .failed, .dropped: break
        }
    }

    /// Sent by a gateway that is gone: nobody knows whether it arrived, and only a channel that knows repeats is told again.
    private func giveUp(_ entry: OutboxEntry) async {
        var entry = entry
        do {
            if try await delivery.knowsRepeats(entry.account) {
                entry.state = .waiting
            } else {
                entry.state = .unknown
                entry.reason = "the gateway stopped while it was sent"
            }
            try await store.commit(Transaction(changes: [TurnChange.settle(entry)]))
        } catch {
            log.error("a message can't be settled", metadata: ["message": "\(entry.id)", "error": "\(error)"])
        }
    }

    private func send(_ entry: OutboxEntry) async {
        var entry = entry
        do {
            if let end = rests.end(of: entry.account, at: world.now()) {
                entry.notBefore = end
                return try await store.commit(Transaction(changes: [TurnChange.settle(entry)]))
            }
            guard var message = try await payloads.open(entry.payload).flatMap(OutboundMessage.init(json:)) else {
                entry.state = .failed
                entry.reason = "its words can't be read"
                return try await store.commit(Transaction(changes: [TurnChange.settle(entry)]))
            }
            entry.attempts += 1
            message.said = entry.external
            if !message.files.isEmpty {
                guard let prepared = try await prepared(message, &entry) else { return }
                message = prepared
            }
            entry.state = .sending
            let leaf = try Leaves.sends(entry, at: world.now())
            try await store.commit(
                Transaction(
                    changes: [TurnChange.settle(entry)],
                    leaves: [PlacedLeaf(leaf, in: .organization(entry.account.organization))]))
            let delivered = await delivery.deliver(message, after: entry.parts)
            entry.parts = delivered.parts
            entry.external = delivered.said ?? entry.external
            note(delivered.outcome, on: &entry)
            try await store.commit(Transaction(changes: [TurnChange.settle(entry)]))
        } catch CommitError.exists {
            // Another gateway settled it.
        } catch {
            log.error("a message can't be sent", metadata: ["message": "\(entry.id)", "error": "\(error)"])
        }
    }

    func note(_ outcome: DeliveryOutcome, on entry: inout OutboxEntry) {
        switch outcome {
        case .delivered(let external):
            entry.state = .delivered
            entry.external = external
            entry.reason = nil
        case .retry(let seconds, let reason):
            let isLate = entry.created.adding(seconds: OutboxRunner.patience) <= world.now()
            entry.state = isLate && entry.attempts >= OutboxRunner.tries ? .failed : .waiting
            entry.reason = reason
            let rest = min(1 << min(entry.attempts, 10), OutboxRunner.longestRest)
            entry.notBefore = world.now().adding(seconds: Int64(min(seconds ?? rest, 3_600)))
        case .putOff(let seconds, let reason):
            entry.state = .waiting
            entry.attempts -= 1
            entry.reason = reason
            entry.notBefore = world.now().adding(seconds: Int64(min(seconds ?? OutboxRunner.putOff, 3_600)))
            if seconds != nil { rests.note(entry.account, until: entry.notBefore) }
        case .refused(let reason):
            entry.state = .failed
            entry.reason = reason
        case .unknown(let reason):
            entry.state = .unknown
            entry.reason = reason
        }
        if !entry.state.isOpen, entry.state != .delivered {
            log.warning(
                "a message wasn't delivered", metadata: ["message": "\(entry.id)", "reason": "\(entry.reason ?? "")"])
        }
    }
}
