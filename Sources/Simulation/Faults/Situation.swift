import Gate

/// What was under way when a port was reached: the state of a call, or what else was being done.
public enum Situation: String, Sendable, CaseIterable {
    /// A call that nothing is written of yet.
    case judging
    /// Its intent is durable, and it isn't known to have taken effect.
    case intended
    /// The provider has answered, and that isn't durable.
    case sent
    /// The same of a call that people agreed to, from the runner.
    case agreed, carrying, done
    /// A person answers an approval.
    case answering
    case administering, connecting, starting, notifying, signing
    /// A gateway looks after the calls of others that are gone.
    case takingOver = "taking-over"
    /// Somebody wants new tokens of a connection and has no right to ask yet; has it, durably; has them, not durably.
    case renewing, claimed, granted
}

/// Follows one doing through all of its tasks.
final class Trace: Sendable {
    enum Doing: String {
        case call, approved, answering, administering, connecting, starting, notifying, signing, renewing
        case takingOver = "taking-over"
    }

    let number: Int
    let doing: Doing
    /// What each task of it reached last.
    private let waypoints = Confined<[String: Waypoint]>([:])
    private let ending = Confined<(@Sendable () -> Void)?>(nil)

    init(_ number: Int, _ doing: Doing) {
        self.number = number
        self.doing = doing
    }

    @TaskLocal static var current: Trace?

    func reach(_ waypoint: Waypoint, in task: String) { waypoints.value[task] = waypoint }

    /// What ends the caller's wait.
    func onCancel(_ body: @escaping @Sendable () -> Void) { ending.value = body }

    func cancel() { ending.value?() }

    func situation(of task: String) -> Situation {
        let waypoint = waypoints.value[task]
        return switch doing {
        case .call: phase(waypoint, .judging, .intended, .sent)
        case .approved: phase(waypoint, .agreed, .carrying, .done)
        case .answering: .answering
        case .administering: .administering
        case .connecting: .connecting
        case .starting: .starting
        case .notifying: .notifying
        case .signing: .signing
        case .takingOver: .takingOver
        case .renewing: .renewing
        }
    }

    /// How far a renewal of tokens is, whatever wants it.
    func renewal(in task: String) -> Situation {
        switch waypoints[dynamicMember: \.[task]] {
        case .tokenClaimed: .claimed
        case .tokenAnswered: .granted
        case .none, .tokenKept, .beforeCommit, .beforeEffect, .beforeOutcome, .beforeAnswer, .keyRotated,
            .rowsResealed, .keysMoving, .keysReady, .keysMoved, .beforeRestore, .offboardingCut, .offboardingBatch,
            .envelopeStored,
            .mailStored, .filesUploaded, .mailMarked:
            .renewing
        }
    }

    private func phase(
        _ waypoint: Waypoint?, _ before: Situation, _ intended: Situation, _ sent: Situation
    ) -> Situation {
        switch waypoint {
        case .none, .beforeCommit, .keyRotated, .rowsResealed, .keysMoving, .keysReady, .keysMoved, .beforeRestore,
            .tokenClaimed, .tokenAnswered, .tokenKept, .offboardingCut, .offboardingBatch, .mailStored, .filesUploaded,
            .mailMarked,
            .envelopeStored:
            before
        case .beforeEffect: intended
        case .beforeOutcome, .beforeAnswer: sent
        }
    }
}
