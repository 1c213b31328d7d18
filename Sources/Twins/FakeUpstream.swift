public import Authority
public import Gate
import Synchronization

/// A provider that answers from a script and keeps a journal of whose connection it saw.
public final class FakeUpstream: Upstream {
    public struct Seen: Sendable, Hashable {
        public let connection: ConnectionID?
        public let kind: StepKind
        public let request: String
    }

    private struct State {
        var answers: [Result<UpstreamAnswer, UpstreamFailure>] = []
        var seen: [Seen] = []
        var whileRunning: (@Sendable () async -> Void)?
    }

    private let state = Mutex(State())

    public init() {}

    /// The answers of the next requests, in order. A request without one fails loudly.
    public func answer(_ answers: Result<UpstreamAnswer, UpstreamFailure>...) {
        state.withLock { $0.answers += answers }
    }

    public func answer(json: String, status: Int = 200) {
        answer(.success(UpstreamAnswer(status: status, headers: [], body: Array(json.utf8))))
    }

    /// Runs in the middle of the next effect, when it has been sent and not answered.
    public func meanwhile(_ body: @escaping @Sendable () async -> Void) { state.withLock { $0.whileRunning = body } }

    public var seen: [Seen] { state.withLock(\.seen) }

    public func probe(_ step: Step, under permit: borrowing Permit) async throws(UpstreamFailure) -> UpstreamAnswer {
        try await respond(step, permit.call).get()
    }

    public func effect(_ step: Step, spending permit: consuming Permit) async -> EffectReport {
        let call = permit.call
        let spent = permit.spend()
        return EffectReport(await respond(step, call), spent)
    }

    public func verify(
        _ step: Step, after spent: borrowing Spent
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        try await respond(step, spent.call).get()
    }

    private func respond(_ step: Step, _ call: JudgedCall) async -> Result<UpstreamAnswer, UpstreamFailure> {
        let (answer, pause) = state.withLock { state in
            state.seen.append(
                Seen(
                    connection: call.connection?.facts.id, kind: step.kind, request: "\(step.method) \(step.path)"))
            defer { state.whileRunning = nil }
            let answer = state.answers.isEmpty ? nil : state.answers.removeFirst()
            return (answer, state.whileRunning)
        }
        await pause?()
        return answer ?? .failure(.unknown("the test gave no answer for this request"))
    }
}

/// Seals nothing, so that tests can read what was kept.
public struct OpenSealing: PayloadSealing {
    public init() {}

    public func seal(_ payload: [UInt8], id: String) throws -> [UInt8] { payload }

    public func open(_ sealed: [UInt8], id: String) throws -> [UInt8] { sealed }
}
