import Synchronization

/// A failure that a test plants.
enum Fault: Sendable, Equatable {
    case status(Int, retryAfter: Int? = nil)
    /// A page of HTML with status 200 comes back, and nothing was done.
    case pageBefore
    /// The same, after the operation was carried out.
    case pageAfter
    /// The connection ends and nothing was done.
    case dropBefore
    /// The connection ends after the operation was carried out.
    case dropAfter
}

/// The delays and failures that tests have asked for.
final class Faults: Sendable {
    private struct Planted {
        let service: ServiceName
        let operation: String?
        let fault: Fault
        var left: Int
    }

    private struct Hold {
        let service: ServiceName
        let operation: String?
        let delay: Duration
    }

    private struct State {
        var planted: [Planted] = []
        var holds: [Hold] = []
    }

    private let state = Mutex(State())

    /// Plants `fault` for the next `count` calls; with a count of zero whatever was planted for them goes.
    func plant(_ fault: Fault, at service: ServiceName, operation: String?, count: Int) {
        state.withLock { state in
            if count == 0 {
                state.planted.removeAll { $0.service == service && $0.operation == operation }
            } else {
                state.planted.append(Planted(service: service, operation: operation, fault: fault, left: count))
            }
        }
    }

    func take(_ service: ServiceName, _ operation: String?) -> Fault? {
        state.withLock { state in
            let index = state.planted.firstIndex {
                $0.service == service && ($0.operation == nil || $0.operation == operation)
            }
            guard let index else { return nil }
            let fault = state.planted[index].fault
            state.planted[index].left -= 1
            if state.planted[index].left == 0 { state.planted.remove(at: index) }
            return fault
        }
    }

    /// Holds each answer for `delay`, counted from after the operation was carried out and journaled; zero ends it.
    func hold(_ service: ServiceName, operation: String?, for delay: Duration) {
        state.withLock { state in
            state.holds.removeAll { $0.service == service && $0.operation == operation }
            if delay > .zero { state.holds.append(Hold(service: service, operation: operation, delay: delay)) }
        }
    }

    func delay(_ service: ServiceName, _ operation: String?) -> Duration? {
        state.withLock { state in
            state.holds.first { $0.service == service && ($0.operation == nil || $0.operation == operation) }?.delay
        }
    }
}
