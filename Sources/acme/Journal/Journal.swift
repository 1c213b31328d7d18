import Foundation
import Synchronization

/// Everything that was asked of the services, in order. Holds owners' names, never their tokens.
final class Journal: Sendable {
    private struct State {
        var last = 0
        var entries: [(number: Int, entry: Entry)] = []
        var calls = Tally()
        var succeeded = Tally()
    }

    private let state = Mutex(State())
    private let file: LineFile?

    init(file: LineFile?) {
        self.file = file
    }

    /// Keeps the entry and, with a file, has written its line when this returns.
    func note(_ entry: Entry) {
        state.withLock { state in
            state.calls.add(entry)
            if entry.succeeded { state.succeeded.add(entry) }
            // The bench service is counted only: millions of entries would measure this array.
            guard entry.service != .bench else { return }
            state.last += 1
            state.entries.append((state.last, entry))
            file?.append(entry.json(state.last).line)
        }
    }

    /// The entries numbered above `number`.
    func entries(since number: Int) -> JSON {
        let entries = state.withLock { state in state.entries.filter { $0.number > number } }
        return ["entries": .array(entries.map { $0.entry.json($0.number) })]
    }

    var counts: JSON {
        state.withLock { ["counts": $0.calls.json, "succeeded": $0.succeeded.json] }
    }

    /// Forgets entries and counts; numbers go on from where they were.
    func clear() {
        state.withLock { $0 = State(last: $0.last) }
    }
}
