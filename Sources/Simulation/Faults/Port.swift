/// What can go wrong.
public enum Fault: String, Sendable, CaseIterable {
    /// The process dies and what was asked for didn't happen.
    case crashBefore = "crash-before"
    /// It happened, and the process dies before anybody knows.
    case crashAfter = "crash-after"
    /// It didn't happen, and says so.
    case error
    /// It takes so long that much happens meanwhile.
    case slow
    /// The commits of a group failed at `fsync`. What was written may still be there after a crash.
    case fsync
    /// The process dies while a group is written: only the first of its transactions are there afterwards, each whole.
    case torn
    /// It happened, and the answer never comes.
    case lostAnswer = "lost-answer"
    /// It didn't happen, and nobody can know.
    case lostRequest = "lost-request"
    /// It didn't happen yet, nobody can know, and it happens later.
    case late
    /// It is done twice by whoever carries it.
    case duplicate
    /// A clear no.
    case refused
    /// The credential itself is refused.
    case badCredential = "bad-credential"
    /// It says that something of its own is broken, whether it has acted or not.
    case serverError = "server-error"
    /// It was asked too often, and says when to come again.
    case tooMany = "too-many"
    /// The caller goes away.
    case cancelled
    case clockForward = "clock-forward"
    case clockBack = "clock-back"
}

/// Everything through which the product reaches what isn't itself.
public enum Port: String, Sendable, CaseIterable {
    case commit, submit, registry, sharing, connections, sessions, budgets, approvals, payloads
    case openCalls = "open-calls"
    case ledger, notices, sealing, credentials, probe, effect, verify, errands, notifier
    /// The provider's token endpoint, and where it says whether a token still is one.
    case tokens, introspection

    /// What can go wrong there. Whatever waits can also be cancelled, and the clock can jump meanwhile.
    public var faults: [Fault] {
        switch self {
        case .commit:
            [.crashBefore, .crashAfter, .error, .slow, .fsync, .torn, .cancelled, .clockForward, .clockBack]
        case .submit: [.crashAfter, .error]
        case .registry, .sharing, .connections, .sessions, .budgets, .approvals, .payloads, .openCalls, .ledger,
            .notices:
            [.crashBefore, .error, .slow, .cancelled, .clockForward, .clockBack]
        case .sealing: [.crashBefore, .error]
        case .credentials: [.crashBefore, .error, .slow]
        case .probe, .verify: [.crashBefore, .error, .lostAnswer, .slow, .cancelled]
        case .effect:
            [
                .crashBefore, .crashAfter, .error, .lostAnswer, .lostRequest, .late, .duplicate, .refused,
                .badCredential, .slow, .cancelled, .clockForward, .clockBack,
            ]
        case .errands: [.crashBefore, .error, .lostAnswer, .slow]
        case .notifier: [.crashBefore, .crashAfter, .error, .lostAnswer, .lostRequest, .duplicate, .refused, .slow]
        case .tokens:
            [
                .crashBefore, .crashAfter, .error, .lostAnswer, .lostRequest, .late, .refused, .badCredential,
                .serverError, .tooMany, .slow, .clockForward, .clockBack,
            ]
        case .introspection: [.crashBefore, .error, .lostAnswer, .serverError, .slow]
        }
    }

    /// In which situations the product comes here at all. A pair outside of this that is seen all the same is told.
    public var situations: [Situation] {
        switch self {
        case .commit: Situation.allCases.filter { ![.intended, .carrying, .signing].contains($0) }
        case .submit: [.sent]
        case .registry: [.judging, .agreed, .answering, .administering, .connecting, .notifying]
        case .sharing: [.judging, .agreed, .answering, .administering]
        case .connections:
            [
                .judging, .agreed, .intended, .carrying, .sent, .done, .answering, .administering, .connecting,
                .notifying, .starting, .renewing, .claimed, .granted,
            ]
        case .sessions, .budgets: [.judging, .agreed, .answering]
        case .approvals: [.judging, .agreed, .answering, .notifying]
        case .payloads: [.judging, .agreed, .answering]
        case .openCalls: [.starting, .takingOver]
        case .ledger: [.starting, .signing, .connecting]
        case .notices: [.notifying]
        case .sealing: [.judging, .sent, .agreed, .done, .answering]
        case .credentials, .effect: [.intended, .carrying]
        case .probe, .verify: [.intended, .carrying]
        case .errands: [.connecting]
        case .notifier: [.notifying]
        case .tokens, .introspection: [.claimed]
        }
    }

    /// Whether a run comes here a few times only.
    func isSeldom(in situation: Situation) -> Bool {
        switch self {
        case .sealing: [.answering, .done].contains(situation)
        case .submit, .payloads, .credentials, .probe, .effect, .verify, .errands, .notifier, .tokens, .introspection:
            true
        case .commit, .registry, .sharing, .connections, .sessions, .budgets:
            switch situation {
            case .agreed, .carrying, .sent, .done, .answering, .renewing, .claimed, .granted: true
            case .judging, .intended, .administering, .connecting, .starting, .notifying, .signing, .takingOver:
                false
            }
        case .approvals, .openCalls, .ledger, .notices: false
        }
    }
}
