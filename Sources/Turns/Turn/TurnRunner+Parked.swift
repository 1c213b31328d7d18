import Authority
import Gate
import Logging
import Wire

extension TurnRunner {
    private static let looks = 200
    /// Seconds between two looks at a turn that waits for a connection.
    private static let lookAgain: Int64 = 5

    /// Wakes the turns whose wait is over, and ends those that have waited too long.
    func lookAtParked() async throws {
        let now = world.now()
        let answered = try await store.answeredTurns(limit: TurnRunner.looks)
        let others = try await store.parkedTurns(
            lookedBefore: now.adding(seconds: -TurnRunner.lookAgain), limit: TurnRunner.looks)
        let seen = Set(answered.map(\.id))
        let turns = answered + others.filter { !seen.contains($0.id) }
        guard !turns.isEmpty else { return }
        // Noted first: what can't be looked at comes last the next time.
        try await store.commit(Transaction(changes: turns.map { TurnChange.looked($0.id, at: now) }))
        for turn in turns {
            switch turn.state {
            case .parked(let wait): await look(at: turn, wait)
            case .ready, .ended: continue
            }
        }
    }

    private func look(at turn: Turn, _ wait: TurnWait) async {
        do {
            if world.now().microseconds - turn.touched.microseconds > limits.patience * 1_000_000 {
                return try await giveUp(turn)
            }
            try await keepInMind(turn)
            switch wait {
            case .approval(let id): try await look(at: turn, id)
            case .connection: if try await isMended(turn) { try await wake(turn) }
            }
        } catch TurnError.erased {
            await drop(turn.id)
        } catch CommitError.exists {
            // It isn't parked any more.
        } catch {
            if Task.isCancelled { return }
            log.error("a turn that waits can't be looked at", metadata: ["turn": "\(turn.id)", "error": "\(error)"])
        }
    }

    private func look(at turn: Turn, _ approval: ApprovalID) async throws {
        switch try await store.approval(approval)?.state {
        case .waiting?, .approved?, .spent?: return
        case .answered?, .delivered?, .denied?: try await wake(turn)
        case .replaced(let other, _)?: try await look(at: turn, other)
        case .expired?: try await lost(turn, "nobody agreed to it in time")
        case .void?, nil: try await lost(turn, "what it stood on has changed, so it was never done")
        }
    }

    private func wake(_ turn: Turn) async throws {
        try await store.commit(Transaction(changes: [TurnChange.wake(turn.id, at: world.now())]))
    }

    /// Whether the call that waits would be refused for want of a connection still.
    private func isMended(_ turn: Turn) async throws -> Bool {
        guard var open = try? await OpenTurn(turn, payloads) else { return true }
        guard let call = open.log.waiting, let arguments = try? JSON.parse(Array(call.arguments.utf8)).objectValue
        else { return true }
        switch await gate.list(for: request(open, "", [:])) {
        case .tools(let tools): open.tools = SeenTools(shown(tools, in: turn))
        case .nothing, .noSuchAgent: return true
        case .unavailable: return false
        }
        guard let tool = open.tools?.tool(call.name) else { return true }
        switch try await gate.explain(request(open, tool.spec.name, arguments)) {
        case .decision(let decision, _):
            switch decision.verdict {
            case .connect: return false
            case .permit, .ask, .deny: return true
            }
        case .invalid, .noSuchAgent, .noSuchTool: return true
        }
    }

    /// The wait ended without a yes: the model is told, and says so.
    private func lost(_ turn: Turn, _ reason: String) async throws {
        var open = try await OpenTurn(turn, payloads)
        guard let call = open.log.waiting else { return try await wake(turn) }
        try await answer(call, "not done: \(reason)", isError: true, in: &open)
    }

    private func giveUp(_ turn: Turn) async throws {
        var open = try await OpenTurn(turn, payloads)
        let sentence = "I've stopped waiting for this. Ask again when you still want it."
        try await end(&open, .expired, saying: .notice(sentence, link: nil))
    }
}

extension TurnLog {
    /// The call that the turn waits with.
    var waiting: ModelToolCall? {
        guard case .waits(let id, _)? = steps.last else { return nil }
        for step in steps.reversed() {
            switch step {
            case .replied(let reply, _): return reply.calls.first { $0.id == id }
            case .asked, .calling, .answered, .waits, .unanswered, .tooLong, .unseen: continue
            }
        }
        return nil
    }
}
