import Authority
public import Gate
import Ledger
import Wire

/// Ends what is under way in sessions, and has them begin anew.
public struct SessionDesk: Sendable {
    public typealias Store = TurnStore & SessionStates & Commits

    private let store: any Store
    private let payloads: PayloadKeeper
    private let events: TurnEvents
    private let world: World

    public init(store: any Store, payloads: PayloadKeeper, events: TurnEvents, world: World) {
        self.store = store
        self.payloads = payloads
        self.events = events
        self.world = world
    }

    private static let most = 1_000

    /// Ends the turns of a session and forgets what it has seen: nothing of before is shown to a model again. What was done
    /// is done, and what was said is kept.
    ///
    /// - Parameters:
    ///   - administrator: who wants it; a person, never a client.
    ///   - more: what else is true with that, in the same commit.
    /// - Returns: how many turns that ended.
    public func reset(
        _ session: SessionKey, by administrator: String, with more: [any StoredChange] = []
    ) async throws -> Int {
        var count = 0
        for turn in try await store.turns(of: session, limit: SessionDesk.most) {
            count += try await stop(turn.id) ? 1 : 0
        }
        var fields: JSONObject = [
            "change": "sessions.reset", "by": .string(administrator), "agent": .string(session.agent.raw),
            "client": .string(session.client.raw), "stopped": .number(JSONNumber(count)),
        ]
        if let person = session.requester.person { fields["person"] = .string(person.raw) }
        let leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
        try await store.commit(
            Transaction(
                bumps: [.session(session)], changes: [GateChange.clearSession(session)] + more,
                leaves: [PlacedLeaf(leaf, in: .organization(session.organization))]))
        return count
    }

    /// Ends a turn wherever it stands, saying nothing.
    ///
    /// - Returns: false when it has ended by itself.
    func stop(_ id: TurnID) async throws -> Bool {
        while var turn = try await store.turn(id) {
            if case .ended = turn.state { return false }
            let usage = try? await OpenTurn(turn, payloads).log.usage
            turn.state = .ended(.stopped)
            turn.touched = world.now()
            let seen = try await store.state(of: turn.session)?.labels(at: turn.touched) ?? .fresh
            turn.labels = turn.labels.joined(with: seen)
            let leaf = try Leaves.ended(turn, .stopped, usage ?? ModelUsage(), at: turn.touched)
            do throws(CommitError) {
                try await store.commit(
                    Transaction(
                        changes: [TurnChange.stop(turn, from: turn.steps)],
                        leaves: [PlacedLeaf(leaf, in: .organization(turn.account.organization))]))
                events.tell(.moved(id), in: turn.conversation)
                return true
            } catch {
                // It made a step just now.
                guard case .exists = error else { throw error }
            }
        }
        return false
    }
}
