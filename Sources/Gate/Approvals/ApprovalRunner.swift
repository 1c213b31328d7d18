import Authority
public import Logging
import Synchronization

/// Carries out what was agreed to and ends what nobody answered in time. What was approved before the gateway stopped is
/// found again when it starts.
public struct ApprovalRunner: Sendable {
    private let gate: ActionGate
    private let bell: Bell
    private let log: Logger

    /// - Parameter bell: rung when there may be something to do.
    public init(gate: ActionGate, bell: Bell, log: Logger) {
        self.gate = gate
        self.bell = bell
        self.log = log
    }

    /// How long an approval that waits for a budget, and one that expires, may go unnoticed.
    static let sweep = Duration.seconds(20)

    /// Runs until cancelled.
    public func run() async {
        while !Task.isCancelled {
            await sweep()
            await bell.wait(atMost: ApprovalRunner.sweep)
        }
    }

    /// Everything that can be done now. Calls run side by side; each approval is spent in its own commit.
    public func sweep() async {
        let approved: [Approval]
        let expired: [Approval]
        do {
            approved = try await gate.approvals.claimApproved(limit: ApprovalRunner.most)
            let now = gate.world.now()
            expired = try await gate.approvals.approvals(in: nil, pending: true, limit: ApprovalRunner.most)
                .filter { $0.state == .waiting && now >= $0.expires }
        } catch {
            if Task.isCancelled { return }
            return log.error("approvals can't be read", metadata: ["error": "\(error)"])
        }
        await withTaskGroup(of: Void.self) { group in
            for (number, approval) in (approved + expired).enumerated() {
                if number >= ApprovalRunner.atOnce { await group.next() }
                group.addTask {
                    // What has begun is finished: cancelled half-way, the approval would be spent for nothing.
                    if Task.isCancelled { return }
                    if approval.state == .approved {
                        _ = await Task { await gate.carryOut(approved: approval.id) }.value
                    } else {
                        try? await gate.end(approval, .expire, "approval.expired")
                    }
                }
            }
        }
    }

    private static let atOnce = 16
    private static let most = 10_000
}

/// Wakes one waiter. A ring while nobody waits is kept, and several are one.
public final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var waiting: (id: Int, continuation: CheckedContinuation<Void, Never>)?
        var next = 0
    }

    private let state = Mutex(State())

    public init() {}

    public func ring() {
        let waiting = state.withLock { state in
            let waiting = state.waiting?.continuation
            state.hasRung = waiting == nil
            state.waiting = nil
            return waiting
        }
        waiting?.resume()
    }

    /// Returns when it rings, when the time is up, or when the task is cancelled.
    public func wait(atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: limit) }
            group.addTask { await self.rung() }
            await group.next()
            group.cancelAll()
        }
    }

    private func rung() async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.hasRung || Task.isCancelled {
                        state.hasRung = false
                        return true
                    }
                    state.waiting = (id, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                guard state.waiting?.id == id else { return nil as CheckedContinuation<Void, Never>? }
                defer { state.waiting = nil }
                return state.waiting?.continuation
            }
            waiting?.resume()
        }
    }
}
