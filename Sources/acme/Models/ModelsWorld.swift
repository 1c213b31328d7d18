import Synchronization

/// What the model servers were asked, and what tests want them to answer.
final class ModelsWorld: Sendable {
    private static let kept = 5_000

    private struct State {
        var asked: [JSON] = []
        var planned: [(service: ServiceName, plan: Plan)] = []
        var last = 0
        var pace = Duration.zero
    }

    private let state = Mutex(State())

    /// Between two events of a stream.
    var pace: Duration { state.withLock { $0.pace } }

    func set(pace: Duration) { state.withLock { $0.pace = pace } }

    /// `msg_000001`: no two are the same in a run.
    func id(_ prefix: String) -> String {
        state.withLock { state in
            state.last += 1
            let digits = String(state.last)
            return prefix + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        }
    }

    /// The next reply of the service is this one, whatever it is asked.
    func plan(_ plan: Plan, at service: ServiceName) {
        state.withLock { $0.planned.append((service, plan)) }
    }

    func answer(_ talk: Talk, at service: ServiceName) -> Plan {
        let planned = state.withLock { state in
            state.planned.firstIndex { $0.service == service }.map { state.planned.remove(at: $0).plan }
        }
        return planned ?? ScriptedModel.plan(talk)
    }

    func note(_ service: ServiceName, _ operation: String, _ token: Token, _ body: JSON, status: Int) {
        let entry: JSON = [
            "service": .string(service.rawValue), "owner": .string(token.owner), "call": .string(operation),
            "model": .text(body["model"]?.text), "status": .int(status), "body": body,
        ]
        state.withLock { state in
            state.asked.append(entry)
            if state.asked.count > Self.kept { state.asked.removeFirst() }
        }
    }

    var asked: JSON { state.withLock { .array($0.asked) } }
}
