import Authority
import Gate
import Wire

extension TurnRunner {
    /// Whether the session's labels still tell of what this turn has seen. They end with its requester's use of the agent, when
    /// a person clears them, and after long idleness; what rests on more than they tell goes no further.
    func remembers(_ open: OpenTurn) async throws -> Bool {
        guard open.log.hasResults else { return true }
        return try await store.state(of: open.turn.session)?.remembers(open.turn.began, at: world.now()) ?? false
    }

    /// Waiting isn't idleness: what a parked turn has seen is kept as long as it waits.
    func keepInMind(_ turn: Turn) async throws {
        let now = world.now()
        guard let state = try await store.state(of: turn.session), state.remembers(turn.began, at: now),
            now.microseconds - state.lastUsed.microseconds > TurnRunner.keptInMind
        else { return }
        try await store.commit(Transaction(changes: [GateChange.saw(turn.session, .fresh, at: now)]))
    }

    private static let keptInMind: Int64 = 3_600 * 1_000_000
}

extension TurnLog {
    /// Whether a tool has answered.
    fileprivate var hasResults: Bool {
        steps.contains { step in
            switch step {
            case .answered: true
            case .asked, .replied, .calling, .waits, .unanswered, .tooLong, .unseen: false
            }
        }
    }
}
