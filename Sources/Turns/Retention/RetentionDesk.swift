public import Authority
public import Gate
import Ledger
import Wire

/// Destroys what was said when its days are over. What is destroyed leaves a leaf with counts alone.
public struct RetentionDesk: Sendable {
    public typealias Store = RetentionStore & TurnStore & OutboxStore & ApprovalStore & Commits

    private let store: any Store
    private let payloads: PayloadKeeper
    private let retention: @Sendable (OrganizationID) async throws -> Retention
    private let world: World

    /// - Parameter retention: for how many days what was said is kept.
    public init(
        store: any Store, payloads: PayloadKeeper,
        retention: @escaping @Sendable (OrganizationID) async throws -> Retention, world: World
    ) {
        self.store = store
        self.payloads = payloads
        self.retention = retention
        self.world = world
    }

    private static let batch = 100

    /// Destroys all whose days are over; nothing where another gateway does it.
    public func sweep(_ organization: OrganizationID) async throws {
        guard try await store.keepsHouse(.retention) else { return }
        let retention = try await retention(organization)
        for agent in try await store.agentsWithTurns(in: organization) {
            guard let days = retention.days(of: agent) else { continue }
            while try await forgetTurns(of: agent, in: organization, before: cutoff(days)) == RetentionDesk.batch {}
        }
        guard let days = retention.days else { return }
        while try await forgetMessages(in: organization, before: cutoff(days)) == RetentionDesk.batch {}
    }

    /// Agents of which something is there still, days after it should have been destroyed.
    public func overdue(in organization: OrganizationID) async throws -> [AgentID] {
        let retention = try await retention(organization)
        var late: [AgentID] = []
        for agent in try await store.agentsWithTurns(in: organization) {
            guard let days = retention.days(of: agent) else { continue }
            let time = cutoff(days + RetentionDesk.grace)
            if try await !store.agedTurns(of: agent, in: organization, before: time, limit: 1).isEmpty {
                late.append(agent)
            }
        }
        return late
    }

    /// Days.
    private static let grace = 2

    private func cutoff(_ days: Int) -> Timestamp { Retention.cutoff(days, at: world.now()) }

    private func forgetTurns(
        of agent: AgentID, in organization: OrganizationID, before time: Timestamp
    ) async throws -> Int {
        let turns = try await store.agedTurns(of: agent, in: organization, before: time, limit: RetentionDesk.batch)
        var payloads: [String] = []
        for turn in turns {
            payloads += turn.payloads
            payloads += try await store.outbox(of: turn.id).map(\.payload)
            payloads += try await calls(of: turn).map(OutboundFile.payload)
        }
        try await forget(
            turns.map { .forgetTurn($0.id) }, payloads,
            ["agent": .string(agent.raw), "turns": .number(JSONNumber(turns.count))],
            organization)
        return turns.count
    }

    /// Whose effect it was, or may have been: also those of which no answer was kept, because the turn was ended before.
    private func calls(of turn: Turn) async throws -> Set<CallID> {
        var calls = Set(try await store.calls(sentBy: turn.id))
        for number in 1..<max(turn.steps, 1) {
            switch try await payloads.open(turn.payload(of: number)).flatMap(TurnStep.init(json:)) {
            case .calling(_, let call): calls.insert(call)
            case .waits(_, .approval(let id)):
                if let call = try await store.approval(id)?.state.call { calls.insert(call) }
            case .asked, .replied, .answered, .waits(_, .connection), .unanswered, .tooLong, .unseen, nil: break
            }
        }
        return calls
    }

    private func forgetMessages(in organization: OrganizationID, before time: Timestamp) async throws -> Int {
        let messages = try await store.agedMessages(in: organization, before: time, limit: RetentionDesk.batch)
        try await forget(
            messages.map { .forgetMessage($0.id) }, messages.flatMap { InboxEntry.payloads(of: $0.id) },
            ["messages": .number(JSONNumber(messages.count))], organization)
        return messages.count
    }

    private func forget(
        _ changes: [RetentionChange], _ payloads: [String], _ counts: JSONObject, _ organization: OrganizationID
    ) async throws {
        guard !changes.isEmpty else { return }
        var fields: JSONObject = ["change": "transcripts.expired"]
        for (name, count) in counts.members { fields[name] = count }
        let leaf = try Leaf(kind: .session, time: world.now().microseconds, fields: fields)
        try await store.commit(
            Transaction(
                changes: changes + [ErasureChange.payloads(payloads)],
                leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
    }
}
