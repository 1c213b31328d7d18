import Synchronization

/// The values of one metric by its labels. There are never more series than `most`: what comes after them is counted
/// together, with every label `other`, so that no name that somebody chooses can grow the memory or a scrape.
final class LabelledSeries<Value: Sendable>: Sendable {
    private struct State {
        var places: [[String]: Int] = [:]
        var values: [Value] = []
    }

    let labels: [String]
    private let most: Int
    private let empty: Value
    private let state: Mutex<State>

    /// Without labels there is one series, which is there from the start: a rate needs its zero.
    init(labels: [String], most: Int, empty: Value) {
        self.labels = labels
        self.most = most
        self.empty = empty
        state = Mutex(labels.isEmpty ? State(places: [[]: 0], values: [empty]) : State())
    }

    /// - Parameter labels: as many values as there are labels, in their order.
    func change(_ labels: [String], _ change: (inout Value) -> Void) {
        precondition(labels.count == self.labels.count, "a metric has one value for each label")
        state.withLock { state in
            let place = labels.isEmpty ? 0 : place(of: labels, in: &state)
            change(&state.values[place])
        }
    }

    private func place(of labels: [String], in state: inout State) -> Int {
        if let known = state.places[labels] { return known }
        let key = state.places.count < most ? labels : labels.map { _ in "other" }
        if let known = state.places[key] { return known }
        state.places[key] = state.values.count
        state.values.append(empty)
        return state.values.count - 1
    }

    /// In the order of their labels, so that two scrapes compare.
    func all() -> [(labels: [MetricLabel], value: Value)] {
        let state = state.withLock { $0 }
        return state.places.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, place in
            (zip(labels, key).map { MetricLabel($0, $1) }, state.values[place])
        }
    }
}
