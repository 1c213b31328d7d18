import Gate
import Synchronization

/// Values that hold while the epochs that were read for them haven't moved. A hit costs one look-up and a few
/// comparisons; what is trusted in the end is the comparison in the commit.
final class EpochCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let epochs: [EpochReading]
    }

    private let entries = Mutex<[Key: Entry]>([:])
    private let bound: Int

    init(bound: Int) {
        self.bound = bound
    }

    func value(for key: Key, under commits: any Commits) -> Value? {
        guard let entry = entries.withLock({ $0[key] }) else { return nil }
        return entry.epochs.allSatisfy { commits.knownEpoch(of: $0.scope) == $0.value } ? entry.value : nil
    }

    func keep(_ value: Value, for key: Key, read epochs: [EpochReading]) {
        entries.withLock {
            if $0.count >= bound { $0.removeAll(keepingCapacity: true) }
            $0[key] = Entry(value: value, epochs: epochs)
        }
    }
}
