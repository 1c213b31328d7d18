import Authority
import Broker
import Gate
import Ledger
import Registry
import Turns
import Wire

/// Everything of one commit, and what it comes to.
struct PreparedCut {
    let agents: [Offboarding.Agent]
    let batch: LeavingBatch
    let departure: Departure
    /// Accounts of agents that were the person's, which stay: whose, where, and which.
    let accounts: [ConnectionRecord]
    /// Schedules of agents that were the person's, which rest until the new owner resumes them.
    let resting: [ScheduleRecord]
    let transaction: Transaction
}

extension OffboardingDesk {
    enum Cut {
        case now(PreparedCut)
        /// By another run.
        case before(Departure)
    }

    func cutOff(_ id: PersonID, agentsTo heir: PersonID?, by administrator: Administrator) async throws -> Cut {
        var before = EndedConnections()
        // Each time somebody else changed something in between.
        for _ in 0..<OffboardingDesk.tries {
            if let earlier = try await departure(of: id) { return .before(earlier) }
            try await endMostHeld(id, agentsTo: heir, by: administrator, &before)
            let prepared = try await prepared(id, agentsTo: heir, by: administrator, after: before)
            if try await isCommitted(prepared.transaction) { return .now(prepared) }
        }
        throw OffboardingDesk.unrest(id)
    }

    /// An account of theirs that very many agents hold isn't cut off in one commit. Theirs are ended before it.
    private func endMostHeld(
        _ id: PersonID, agentsTo heir: PersonID?, by administrator: Administrator, _ ended: inout EndedConnections
    ) async throws {
        while true {
            let held = try await leaving.held(
                for: try await claim(id), in: organization, by: administrator.text, limit: batch)
            guard held.hasMore else { return }
            // Where it is refused, it is refused before anything ends.
            _ = try await administration.offboarding(of: id, agentsTo: heir, by: administrator, in: organization)
            guard try await isCommitted(held.transaction) else { continue }
            leaving.forget(held)
            ended = ended + EndedConnections(held)
        }
    }

    /// - Parameter before: what ended before it already.
    func prepared(
        _ id: PersonID, agentsTo heir: PersonID?, by administrator: Administrator,
        after before: EndedConnections = EndedConnections()
    ) async throws -> PreparedCut {
        let offboarding = try await administration.offboarding(
            of: id, agentsTo: heir, by: administrator, in: organization)
        let batch = try await leaving.cut(
            try await claim(id), in: organization, besides: try await remotes(), by: administrator.text, limit: batch)
        let departure = Departure(
            of: id, in: organization, by: administrator.text, at: world.now(), isOpen: batch.hasMore,
            ended: before + EndedConnections(batch), belongings: offboarding.belongings)
        var transaction = offboarding.transaction
        transaction.add(batch.transaction)
        transaction.changes.insert(DepartureChange.cut(departure), at: 0)
        transaction.changes.append(SenderChange.unlinkAll(organization, id))
        let resting = try await resting(of: offboarding.agents)
        if let heir {
            transaction.changes += resting.flatMap {
                QueuedNotice.changes(forInherited: $0, telling: heir, at: departure.at)
            }
        }
        if !departure.isOpen { transaction.leaves.append(try departure.leaf(at: world.now())) }
        return PreparedCut(
            agents: offboarding.agents, batch: batch, departure: departure,
            accounts: try await accounts(of: offboarding.agents, besides: batch.held), resting: resting,
            transaction: transaction)
    }

    /// The accounts of agents that were the person's, which stay as they are.
    private func accounts(
        of agents: [Offboarding.Agent], besides held: [ConnectionID]
    ) async throws -> [ConnectionRecord] {
        var accounts: [ConnectionRecord] = []
        for agent in agents where agent.owner != nil {
            accounts += try await store.connections(in: organization, of: .agent(agent.id)).filter {
                $0.health != .revoked && !held.contains($0.id)
            }
        }
        return accounts
    }

    /// What ran with the person's authority has none now.
    private func resting(of agents: [Offboarding.Agent]) async throws -> [ScheduleRecord] {
        let taken = Set(agents.filter { $0.owner != nil }.map(\.id))
        guard !taken.isEmpty else { return [] }
        return try await store.schedules(in: organization).filter { taken.contains($0.agent) && $0.state != .over }
    }
}

extension Transaction {
    mutating func add(_ other: Transaction) {
        requires += other.requires
        bumps += other.bumps.filter { !bumps.contains($0) }
        spends += other.spends
        changes += other.changes
        leaves += other.leaves
    }
}

extension EndedConnections {
    init(_ batch: LeavingBatch) {
        self.init(
            own: batch.own.count, held: batch.held.count,
            queued: Dictionary(batch.queued.map { ($0.provider, 1) }, uniquingKeysWith: +), untold: batch.untold)
    }
}

extension Departure {
    /// Says that nothing of the person's is left to be destroyed.
    func leaf(at now: Timestamp) throws -> PlacedLeaf {
        var fields: JSONObject = [
            "change": "person.offboarded", "by": .string(by), "person": .string(person.raw),
        ]
        for (name, value) in ended.fields.members { fields[name] = value }
        return PlacedLeaf(
            try Leaf(kind: .authority, time: now.microseconds, fields: fields), in: .organization(organization))
    }
}
