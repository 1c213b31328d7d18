import Synchronization

/// One attempt at a message, which is given up when its time is over. What it came to later isn't waited for.
struct NoticeAttempt: Sendable {
    let notifier: any Notifier
    let deadline: @Sendable () async -> Void

    func outcome(of notice: Notice) async -> NoticeOutcome {
        let first = First()
        let (notifier, deadline) = (notifier, deadline)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                first.begin(continuation)
                let sending = Task {
                    do throws(NoticeFailure) {
                        try await notifier.notify(notice)
                        first.end(.delivered)
                    } catch {
                        first.end(.failed(error))
                    }
                }
                let waiting = Task {
                    await deadline()
                    guard !Task.isCancelled else { return }
                    first.end(.failed(.unknown("it took too long")))
                }
                first.onEnd {
                    waiting.cancel()
                    sending.cancel()
                }
            }
        } onCancel: {
            first.end(.failed(.unknown("the gateway stopped while it was sent")))
        }
    }
}

/// The first of two outcomes.
private final class First: Sendable {
    private struct State {
        var continuation: CheckedContinuation<NoticeOutcome, Never>?
        var cleanUp: (@Sendable () -> Void)?
        var isOver = false
        /// An outcome that came before anybody waited for it.
        var early: NoticeOutcome?
    }

    private let state = Mutex(State())

    func begin(_ continuation: CheckedContinuation<NoticeOutcome, Never>) {
        let early = state.withLock { state in
            if state.early == nil { state.continuation = continuation }
            return state.early
        }
        if let early { continuation.resume(returning: early) }
    }

    /// Called when one came, at once if it has.
    func onEnd(_ cleanUp: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if !state.isOver { state.cleanUp = cleanUp }
            return state.isOver
        }
        if isOver { cleanUp() }
    }

    func end(_ outcome: NoticeOutcome) {
        let taken = state.withLock { state in
            if !state.isOver, state.continuation == nil { state.early = outcome }
            defer { (state.continuation, state.cleanUp, state.isOver) = (nil, nil, true) }
            return (state.continuation, state.cleanUp)
        }
        taken.0?.resume(returning: outcome)
        taken.1?()
    }
}
