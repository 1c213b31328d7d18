public import Authority
public import Gate
import Synchronization

/// Keeps the notices that it is given, and fails as it is told.
public final class FakeNotifier: Notifier {
    private struct State {
        var notices: [Notice] = []
        var failures: [NoticeFailure] = []
        var always: NoticeFailure?
        var stuck: Set<PersonID> = []
        var reached: Set<PersonID>?
    }

    private let state = Mutex(State())

    public init() {}

    /// Every notice, whether it failed or not.
    public var notices: [Notice] { state.withLock(\.notices) }

    /// Makes the next attempts fail like this, one after the other.
    public func fail(with failures: NoticeFailure...) { state.withLock { $0.failures += failures } }

    /// Makes every attempt fail like this; nil makes them work again.
    public func failAlways(with failure: NoticeFailure?) { state.withLock { $0.always = failure } }

    /// The way leads to these people and to nobody else.
    public func lead(only people: Set<PersonID>) { state.withLock { $0.reached = people } }

    public func leads(to notice: QueuedNotice) async throws -> Bool {
        state.withLock { $0.reached?.contains(notice.person) ?? true }
    }

    /// What is for these people never arrives, and nothing says so until the attempt is given up.
    public func hang(for people: Set<PersonID>) { state.withLock { $0.stuck = people } }

    /// Whether it is told to hang for anybody.
    public var isHanging: Bool { state.withLock { !$0.stuck.isEmpty } }

    public func notify(_ notice: Notice) async throws(NoticeFailure) {
        let failure = state.withLock { state -> NoticeFailure? in
            state.notices.append(notice)
            return state.failures.isEmpty ? state.always : state.failures.removeFirst()
        }
        while state.withLock({ $0.stuck.contains(notice.person) }), !Task.isCancelled {
            try? await Task.sleep(for: .seconds(3600))
        }
        if let failure { throw failure }
    }
}
