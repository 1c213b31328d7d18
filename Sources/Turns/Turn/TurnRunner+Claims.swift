import Gate
import Logging

extension TurnRunner {
    /// Taken at one look, so that something is left for other gateways.
    static let atOnce = 32

    /// Takes turns that nobody runs, and runs them beside each other.
    func carryOnAll() async throws {
        for turn in try await store.claimTurns(
            at: world.now(), limit: running.limit(atOnce: TurnRunner.atOnce), each: running.each)
        {
            running.start(turn.id, in: turn.agent) {
                await carryOnNow(turn.id)
                // The next message of its conversation may begin.
                bell.ring()
            }
        }
    }

    /// What it was when it was taken may be long ago: it may have ended or parked just before, in this process or by another.
    func carryOnNow(_ id: TurnID) async {
        do {
            guard let turn = try await store.turn(id), turn.state == .ready,
                turn.notBefore.map({ $0 <= world.now() }) ?? true
            else { return }
            await carryOn(turn)
        } catch {
            if !Task.isCancelled {
                log.error("a turn can't be read", metadata: ["turn": "\(id)", "error": "\(error)"])
            }
        }
    }

    /// Stops what was ended at another gateway: whatever it would keep is refused anyway.
    func leaveEnded() async throws {
        let jobs = running.jobs
        guard !jobs.isEmpty else { return }
        leave(jobs.subtracting(try await store.claimedTurns()))
    }

    /// Stops these, which another gateway says that it ended.
    public func leave(_ turns: Set<TurnID>) {
        for turn in turns { running.cancel(turn) }
    }
}
