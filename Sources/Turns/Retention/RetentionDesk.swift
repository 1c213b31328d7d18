public import Authority
public import Gate
import Ledger
import Wire

/// Destroys what was said when its days are over. What is destroyed leaves a leaf with counts alone.
public struct RetentionDesk: Sendable {
    public typealias Store = RetentionStore & TurnStore & OutboxStore & Commits

    private let store: any Store
    private let world: World

    public init(store: any Store, world: World) {
        self.store = store
        self.world = world
    }

    private static let batch = 100
    private static let longest = 36_500
    private static let dayInMicroseconds: Int64 = 86_400_000_000

    public func retention(in organization: OrganizationID) async throws -> Retention {
        try await store.retention(in: organization)
    }

    /// - Parameters:
    ///   - days: nil for as long as nobody erases it, and of an agent for as long as its organization says.
    ///   - agent: nil for all that have no days of their own.
    /// - Throws: `TurnsError` for days that can't be.
    public func keep(
        days: Int?, of agent: AgentID?, by administrator: String, in organization: OrganizationID
    ) async throws -> Retention {
        if let days, !(1...RetentionDesk.longest).contains(days) {
            throw TurnsError(.invalid, "what is said can't be kept for \(days) days")
        }
        var retention = try await store.retention(in: organization)
        if let agent { retention.agents[agent] = days } else { retention.days = days }
        let leaf = try Leaf(
            kind: .authority, time: world.now().microseconds,
            fields: [
                "change": "retention.set", "by": .string(administrator),
                "agent": agent.map { .string($0.raw) } ?? .null, "days": days.map { .number(JSONNumber($0)) } ?? .null,
            ])
        try await store.commit(
            Transaction(
                changes: [RetentionChange.set(retention, organization)],
                leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
        return retention
    }

    /// Destroys all whose days are over; nothing where another gateway does it.
    public func sweep(_ organization: OrganizationID) async throws {
        guard try await store.runsTurns() else { return }
        let retention = try await store.retention(in: organization)
        for agent in try await store.agentsWithTurns(in: organization) {
            guard let days = retention.days(of: agent) else { continue }
            while try await forgetTurns(of: agent, in: organization, before: cutoff(days)) == RetentionDesk.batch {}
        }
        guard let days = retention.days else { return }
        while try await forgetMessages(in: organization, before: cutoff(days)) == RetentionDesk.batch {}
    }

    private func cutoff(_ days: Int) -> Timestamp {
        Timestamp(microseconds: world.now().microseconds - Int64(days) * RetentionDesk.dayInMicroseconds)
    }

    private func forgetTurns(
        of agent: AgentID, in organization: OrganizationID, before time: Timestamp
    ) async throws -> Int {
        let turns = try await store.agedTurns(of: agent, in: organization, before: time, limit: RetentionDesk.batch)
        var payloads: [String] = []
        for turn in turns {
            payloads += (0..<max(turn.steps, 1)).map(turn.payload(of:))
            payloads += try await store.outbox(of: turn.id).map(\.payload)
        }
        try await forget(
            turns.map { .forgetTurn($0.id) }, payloads,
            ["agent": .string(agent.raw), "turns": .number(JSONNumber(turns.count))],
            organization)
        return turns.count
    }

    private func forgetMessages(in organization: OrganizationID, before time: Timestamp) async throws -> Int {
        let messages = try await store.agedMessages(in: organization, before: time, limit: RetentionDesk.batch)
        try await forget(
            messages.map { .forgetMessage($0.id) }, messages.map(\.payload),
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
