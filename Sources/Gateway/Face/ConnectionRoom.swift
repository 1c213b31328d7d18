import Synchronization

/// Counts the connections, in all and from each address.
final class ConnectionRoom: Sendable {
    private struct State {
        var all = 0
        var sources: [SourceAddress: Int] = [:]
    }

    private let most: Int
    private let mostPerSource: Int
    private let state = Mutex(State())

    init(_ limits: FaceLimits) {
        most = limits.connections
        mostPerSource = limits.connectionsPerAddress
    }

    /// Counts one more, unless there is no room; ends with `leave`.
    ///
    /// - Parameter source: nil for a proxy, whose connections are those of many.
    func enter(_ source: SourceAddress?) -> Bool {
        state.withLock { state in
            guard state.all < most else { return false }
            if let source {
                let count = state.sources[source, default: 0]
                guard count < mostPerSource else { return false }
                state.sources[source] = count + 1
            }
            state.all += 1
            return true
        }
    }

    func leave(_ source: SourceAddress?) {
        state.withLock { state in
            state.all -= 1
            guard let source, let count = state.sources[source] else { return }
            state.sources[source] = count > 1 ? count - 1 : nil
        }
    }

    var count: Int { state.withLock(\.all) }
}
