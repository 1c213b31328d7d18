import Synchronization

/// The streams that people hold open. Who opens one too many has their oldest ended: a browser that went away is noticed
/// late, and mustn't keep out the page that is looked at.
final class Watches<Watcher: Hashable & Sendable>: Sendable {
    private struct State {
        var next = 0
        var open: [Watcher: [(id: Int, end: @Sendable () -> Void)]] = [:]
    }

    private let state = Mutex(State())
    private let most: Int

    init(most: Int) {
        self.most = most
    }

    /// A place among them, to be left once.
    struct Seat: Sendable {
        fileprivate let watches: Watches
        fileprivate let watcher: Watcher
        fileprivate let id: Int

        func leave() {
            watches.state.withLock { state in
                state.open[watcher]?.removeAll { $0.id == id }
                if state.open[watcher]?.isEmpty == true { state.open[watcher] = nil }
            }
        }
    }

    /// - Parameter end: ends the stream.
    func enter(_ watcher: Watcher, end: @escaping @Sendable () -> Void) -> Seat {
        let (id, oldest) = state.withLock { state in
            state.next += 1
            state.open[watcher, default: []].append((state.next, end))
            let isFull = state.open[watcher, default: []].count > most
            return (state.next, isFull ? state.open[watcher]?.removeFirst().end : nil)
        }
        oldest?()
        return Seat(watches: self, watcher: watcher, id: id)
    }
}
