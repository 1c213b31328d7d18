public import Authority
import Broker
import Gate
import Synchronization

/// Some providers answer only so many requests at once for one account, and refuse the rest (Microsoft Graph: four for an app
/// and a mailbox). Whoever comes beyond that waits here for their turn, in the order in which they came.
public final class AccountTurns: Sendable {
    struct Line: Sendable {
        var underWay = 0
        var waiting: [(number: Int, go: CheckedContinuation<Bool, Never>)] = []
    }

    private struct State {
        var lines: [String: Line] = [:]
        var count = 0
    }

    private let bounds: [ProviderID: Int]
    private let state = Mutex(State())

    /// - Parameter bounds: how many at once; a provider without one takes as many as come.
    public init(_ bounds: [ProviderID: Int] = [:]) {
        self.bounds = bounds
    }

    /// The line that requests with this connection stand in; nil where nobody has to.
    func line(of use: ConnectionUse) -> (key: String, bound: Int)? {
        bounds[use.facts.provider].map { ("\(use.facts.provider)/\(use.facts.account)", $0) }
    }

    /// Waits for a turn, which ends with `leave`.
    ///
    /// - Returns: false when the task was cancelled before it came.
    func take(_ line: (key: String, bound: Int)) async -> Bool {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { go in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.lines[line.key, default: Line()].underWay < line.bound {
                        state.lines[line.key, default: Line()].underWay += 1
                        return true
                    }
                    state.lines[line.key]?.waiting.append((number, go))
                    return nil
                }
                if let answer { go.resume(returning: answer) }
            }
        } onCancel: {
            let gone = state.withLock { state in
                let place = state.lines[line.key]?.waiting.firstIndex { $0.number == number }
                return place.flatMap { state.lines[line.key]?.waiting.remove(at: $0).go }
            }
            gone?.resume(returning: false)
        }
    }

    /// Gives the turn to whoever waits longest.
    func leave(_ line: (key: String, bound: Int)) {
        let next: CheckedContinuation<Bool, Never>? = state.withLock { state in
            guard var found = state.lines[line.key] else { return nil }
            let next = found.waiting.isEmpty ? nil : found.waiting.removeFirst().go
            if next == nil { found.underWay -= 1 }
            state.lines[line.key] = found.underWay == 0 ? nil : found
            return next
        }
        next?.resume(returning: true)
    }

    /// How many accounts somebody has a turn at.
    var busy: Int { state.withLock { $0.lines.count } }
    func waiting(_ key: String) -> Int { state.withLock { $0.lines[key]?.waiting.count ?? 0 } }
}
