import Synchronization

/// The streams that people hold open. Who opens one too many has their oldest ended: a browser that went away is noticed
/// late, and mustn't keep out the page that is looked at.
final class Watches: Sendable {
    private struct State {
        var next = 0
        var open: [Visitor: [(id: Int, end: @Sendable () -> Void)]] = [:]
    }

    private let state = Mutex(State())
    private let most: Int

    init(most: Int) {
        self.most = most
    }

    /// A place among them, to be left once.
    struct Seat: Sendable {
        fileprivate let watches: Watches
        fileprivate let visitor: Visitor
        fileprivate let id: Int

        func leave() {
            watches.state.withLock { state in
                state.open[visitor]?.removeAll { $0.id == id }
                if state.open[visitor]?.isEmpty == true { state.open[visitor] = nil }
            }
        }
    }

    /// - Parameter end: ends the stream.
    func enter(_ visitor: Visitor, end: @escaping @Sendable () -> Void) -> Seat {
        let (id, oldest) = state.withLock { state in
            state.next += 1
            state.open[visitor, default: []].append((state.next, end))
            let isFull = state.open[visitor, default: []].count > most
            return (state.next, isFull ? state.open[visitor]?.removeFirst().end : nil)
        }
        oldest?()
        return Seat(watches: self, visitor: visitor, id: id)
    }
}
