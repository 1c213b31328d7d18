public import Authority
public import Gate
import Ledger
import Wire

/// Messages that came to nothing: looked at, tried again or dropped by the operator. Each change leaves a leaf.
public struct TroubleDesk: Sendable {
    private let store: any InboxStore & TurnStore & OutboxStore
    private let commits: any Commits
    private let payloads: any Payloads
    private let world: World

    public init(
        store: any InboxStore & TurnStore & OutboxStore, commits: any Commits, payloads: any Payloads, world: World
    ) {
        self.store = store
        self.commits = commits
        self.payloads = payloads
        self.world = world
    }

    private static let most = 1_000

    /// The newest first.
    public func list(in organization: OrganizationID) async throws -> [TroubledMessage] {
        var found: [TroubledMessage] = []
        for entry in try await store.setAside(in: organization, limit: TroubleDesk.most) {
            found.append(try await troubled(entry))
        }
        for turn in try await store.stuckTurns(in: organization, limit: TroubleDesk.most) {
            found.append(try await troubled(turn))
        }
        for entry in try await store.undelivered(in: organization, limit: TroubleDesk.most) {
            if let message = try await troubled(entry) { found.append(message) }
        }
        return found.sorted { $0.time > $1.time }
    }

    /// Begins anew with a message that was set aside, goes on with a turn that couldn't, or sends an answer again that certainly wasn't delivered.
    ///
    /// - Throws: `TurnsError` when there is none of this id, or it may have arrived.
    public func retry(_ id: String, by administrator: String, in organization: OrganizationID) async throws {
        let message = try await message(id, in: organization)
        let change: TurnChange
        switch message.trouble {
        case .aside: change = .replay(InboxID(id), at: world.now())
        case .stuck: change = .resume(TurnID(id), at: world.now())
        case .failed: change = .sayAgain(OutboxID(id), at: world.now())
        case .unknown:
            throw TurnsError(
                .refused, "`\(id)` may have arrived: sent again, it could stand there twice",
                hint: "look at the channel, and then `deputy messages drop \(id)`")
        }
        try await commit("message.retried", [change], message, administrator)
    }

    /// Nothing is done with it any more, and its words are destroyed.
    ///
    /// - Throws: `TurnsError` when there is none of this id.
    public func drop(_ id: String, by administrator: String, in organization: OrganizationID) async throws {
        let message = try await message(id, in: organization)
        let change: TurnChange
        let words: [String]
        switch message.trouble {
        case .aside: (change, words) = (.drop(InboxID(id)), InboxEntry.payloads(of: InboxID(id)))
        case .stuck:
            let turn = try await store.turn(TurnID(id))
            (change, words) = (
                .abandon(TurnID(id)), turn?.payloads ?? []
            )
        case .failed, .unknown: (change, words) = (.forgo(OutboxID(id)), [OutboxEntry.payload(of: OutboxID(id))])
        }
        try await commit("message.dropped", [change, ErasureChange.payloads(words)], message, administrator)
    }

    private func message(_ id: String, in organization: OrganizationID) async throws -> TroubledMessage {
        if let entry = try await store.inboxEntry(InboxID(id)), entry.account.organization == organization,
            entry.state == .aside
        {
            return try await troubled(entry)
        }
        if let turn = try await store.turn(TurnID(id)), turn.account.organization == organization,
            turn.state == .ended(.failed), turn.reason != nil
        {
            return try await troubled(turn)
        }
        if let entry = try await store.outboxEntry(OutboxID(id)), entry.account.organization == organization,
            let message = try await troubled(entry)
        {
            return message
        }
        let all = try await list(in: organization).map(\.id)
        throw TurnsError(
            .unknown, "no message `\(id)` came to nothing",
            hint: suggestion(for: id, among: all) ?? "`deputy messages list` lists them")
    }

    private func troubled(_ entry: InboxEntry) async throws -> TroubledMessage {
        TroubledMessage(
            id: entry.id.raw, trouble: .aside, account: entry.account, time: entry.received, attempts: entry.attempts,
            bytes: try await payloads.payload(entry.payload)?.sealed.count, reason: entry.reason ?? "")
    }

    private func troubled(_ turn: Turn) async throws -> TroubledMessage {
        TroubledMessage(
            id: turn.id.raw, trouble: .stuck, account: turn.account, time: turn.began, attempts: turn.attempts,
            bytes: try await payloads.payload(turn.payload(of: 0))?.sealed.count, reason: turn.reason ?? "")
    }

    /// Nil for one that nothing is wrong with.
    private func troubled(_ entry: OutboxEntry) async throws -> TroubledMessage? {
        let trouble: TroubledMessage.Trouble
        switch entry.state {
        case .failed: trouble = .failed
        case .unknown: trouble = .unknown
        case .waiting, .sending, .delivered, .dropped: return nil
        }
        return TroubledMessage(
            id: entry.id.raw, trouble: trouble, account: entry.account, time: entry.created, attempts: entry.attempts,
            bytes: try await payloads.payload(entry.payload)?.sealed.count, reason: entry.reason ?? "")
    }

    private func commit(
        _ change: String, _ changes: [any StoredChange], _ message: TroubledMessage, _ administrator: String
    ) async throws {
        let leaf = try Leaf(
            kind: .session, time: world.now().microseconds,
            fields: [
                "change": .string(change), "message": .string(message.id), "was": .string(message.trouble.rawValue),
                "account": .string("\(message.account)"), "by": .string(administrator),
            ])
        do throws(CommitError) {
            try await commits.commit(
                Transaction(
                    changes: changes, leaves: [PlacedLeaf(leaf, in: .organization(message.account.organization))]))
        } catch {
            throw TurnsError(error)
        }
    }
}
