import Synchronization

/// One attempt at a message, which is given up when its time is over. What it came to later isn't waited for.
struct NoticeAttempt: Sendable {
    let notifier: any Notifier
    let deadline: @Sendable () async -> Void

    func outcome(of notice: Notice) async -> NoticeOutcome {
        let first = First()
        let (notifier, deadline) = (notifier, deadline)
        return await withCheckedContinuation { continuation in
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
                if first.end(.failed(.unknown("it took too long"))) { sending.cancel() }
            }
            first.onEnd { waiting.cancel() }
        }
    }
}

/// The first of two outcomes.
private final class First: Sendable {
    private struct State {
        var continuation: CheckedContinuation<NoticeOutcome, Never>?
        var cleanUp: (@Sendable () -> Void)?
        var isOver = false
    }

    private let state = Mutex(State())

    func begin(_ continuation: CheckedContinuation<NoticeOutcome, Never>) {
        state.withLock { $0.continuation = continuation }
    }

    /// Called when one came, at once if it has.
    func onEnd(_ cleanUp: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if !state.isOver { state.cleanUp = cleanUp }
            return state.isOver
        }
        if isOver { cleanUp() }
    }

    /// - Returns: whether this one was first.
    @discardableResult
    func end(_ outcome: NoticeOutcome) -> Bool {
        let taken = state.withLock { state in
            defer { state = State(continuation: nil, cleanUp: nil, isOver: true) }
            return (state.continuation, state.cleanUp)
        }
        taken.0?.resume(returning: outcome)
        taken.1?()
        return taken.0 != nil
    }
}
