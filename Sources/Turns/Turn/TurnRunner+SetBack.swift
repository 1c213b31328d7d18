import Authority
import Gate
import Logging
import Wire

extension TurnRunner {
    private static let tries = 5
    /// Seconds between two attempts while the gateway itself can do nothing, and for how long.
    private static let longestPause: Int64 = 60
    private static let outage: Int64 = 86_400

    /// Ends a turn whose words were erased: there is nothing to go on with.
    func drop(_ id: TurnID) async {
        do {
            guard var turn = try await store.turn(id) else { return }
            switch turn.state {
            case .ended: return
            case .ready, .parked: break
            }
            turn.state = .ended(.stopped)
            turn.touched = world.now()
            try await commit(turn)
        } catch {
            complain("a turn whose words were erased can't be ended", id, error)
        }
    }

    /// A turn that can't go on is tried again, later each time, and fails in the end: said where it was asked, and kept for
    /// whoever looks after the gateway.
    func setBack(_ id: TurnID, because error: any Error) async {
        do {
            guard var turn = try await store.turn(id) else { return }
            switch turn.state {
            case .ended: return
            case .ready, .parked: break
            }
            let now = world.now()
            turn.attempts += 1
            turn.reason = "\(error)"
            let hasFailed =
                TurnRunner.isOutage(error)
                ? now >= turn.touched.adding(seconds: TurnRunner.outage) : turn.attempts >= TurnRunner.tries
            if hasFailed { return try await giveUp(turn) }
            turn.notBefore = now.adding(seconds: min(1 << min(turn.attempts, 6), TurnRunner.longestPause))
            try await store.commit(Transaction(changes: [TurnChange.move(turn, from: turn.steps)]))
        } catch CommitError.exists {
            // Somebody stopped it.
        } catch {
            complain("a turn can't be set back", id, error)
            await pause(.seconds(1))
        }
    }

    private func giveUp(_ stuck: Turn) async throws {
        var turn = stuck
        turn.state = .ended(.failed)
        turn.touched = world.now()
        log.error("a turn failed", metadata: ["turn": "\(turn.id)", "reason": "\(turn.reason ?? "")"])
        try await commit(turn, with: try saying(OutboundContent.stuck, to: .sender, in: turn))
        outbox.ring()
    }

    private func commit(_ turn: Turn, with more: [any StoredChange] = []) async throws {
        guard case .ended(let ending) = turn.state else { return }
        let usage = (try? await OpenTurn(turn, payloads))?.log.usage ?? ModelUsage()
        let leaf = try Leaves.ended(turn, ending, usage, at: turn.touched)
        try await store.commit(
            Transaction(
                changes: [TurnChange.move(turn, from: turn.steps)] + more,
                leaves: [PlacedLeaf(leaf, in: .organization(turn.account.organization))]))
        events.tell(.moved(turn.id), in: turn.conversation)
    }

    /// Whether it says nothing of the turn: the gateway itself can do nothing now.
    private static func isOutage(_ error: any Error) -> Bool {
        switch error as? CommitError {
        case .unavailable: true
        case .moved, .budgetSpent, .identicalCall, .exists, .approval, .window, .tooManyAsks, nil: false
        }
    }

    private func complain(_ sentence: String, _ id: TurnID, _ error: any Error) {
        if Task.isCancelled { return }
        log.error("\(sentence)", metadata: ["turn": "\(id)", "error": "\(error)"])
    }
}

extension OutboundContent {
    /// What whoever wrote is told of a turn that failed for a reason of the gateway's own.
    static let stuck = OutboundContent.notice(
        "Something went wrong here, and I couldn't go on. Whoever looks after me can have it tried again.", link: nil)
}
