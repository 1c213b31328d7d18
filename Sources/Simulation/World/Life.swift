import Authority
import Gate

/// One gateway process, from its start to its end.
final class Life: Sendable {
    private struct State {
        var isOver = false
        var isPaused = false
        /// Who waits until it goes on.
        var waiting: [CheckedContinuation<Void, Never>] = []
        var epochs: [EpochScope: Int64]
    }

    let number: Int
    /// The number of its lease; nil where no other gateway shares the store.
    let lease: Int64?
    /// What it has written and isn't durable.
    let writer = Writer()
    private let state: Confined<State>

    /// - Parameter epochs: what the store says of them when it starts.
    init(number: Int, lease: Int64? = nil, epochs: [EpochScope: Int64] = [:]) {
        self.number = number
        self.lease = lease
        state = Confined(State(epochs: epochs))
    }

    var isOver: Bool { state.isOver }
    var isPaused: Bool { state.isPaused }

    /// What still runs of it reaches nothing any more.
    func end() {
        state.isOver = true
        goOn()
    }

    /// It hangs, and the world goes on.
    func pause() { state.isPaused = true }

    func goOn() {
        state.isPaused = false
        let waiting = state.waiting
        state.waiting = []
        for one in waiting { one.resume() }
    }

    /// Waits until it doesn't hang.
    func awake() async {
        while isPaused { await withCheckedContinuation { state.waiting.append($0) } }
    }

    /// What it knows of an epoch, which is old when another gateway has moved it since.
    func epoch(of scope: EpochScope) -> Int64 { state.epochs[scope] ?? 0 }

    func learn(_ epochs: [EpochScope: Int64]) { state.epochs.merge(epochs, uniquingKeysWith: max) }
}

/// The process that asked is gone.
struct Gone: Error {}
