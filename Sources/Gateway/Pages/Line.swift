import Synchronization

/// A few of each key at once; the others wait, in the order in which they came.
final class Line<Key: Hashable & Sendable>: Sendable {
    private struct Places {
        var taken = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let atOnce: Int
    private let places = Mutex<[Key: Places]>([:])

    init(atOnce: Int) {
        self.atOnce = atOnce
    }

    /// Who enters leaves, whatever happens in between.
    func enter(_ key: Key) async {
        await withCheckedContinuation { continuation in
            let isFree = places.withLock { places in
                var own = places[key, default: Places()]
                defer { places[key] = own }
                guard own.taken < atOnce else {
                    own.waiting.append(continuation)
                    return false
                }
                own.taken += 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    func leave(_ key: Key) {
        let next = places.withLock { places -> CheckedContinuation<Void, Never>? in
            guard var own = places[key] else { return nil }
            defer { places[key] = own.taken == 0 ? nil : own }
            // Whoever waited longest takes the place.
            if !own.waiting.isEmpty { return own.waiting.removeFirst() }
            own.taken -= 1
            return nil
        }
        next?.resume()
    }

    var waiting: Int { places.withLock { $0.values.reduce(0) { $0 + $1.waiting.count } } }
}
