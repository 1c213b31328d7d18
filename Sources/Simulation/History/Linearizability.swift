/// One thing that somebody did to a register, and when they began and had their answer, by a counter that never stands
/// still.
public struct Operation<Action: Sendable>: Sendable {
    public let action: Action
    public let begun: Int
    /// Nil when no answer ever came: it may have happened at any time since, or never.
    public let ended: Int?

    public init(_ action: Action, begun: Int, ended: Int?) {
        self.action = action
        self.begun = begun
        self.ended = ended
    }
}

/// What a register does with one action at a time.
public protocol Register: Hashable, Sendable {
    associatedtype Action: Sendable
    /// The states after the action, given its answer; none when it can't have been answered so from here.
    func after(_ action: Action) -> [Self]
}

/// Which operations have taken effect, and what the register is then.
private struct Place<R: Register>: Hashable {
    let done: UInt64
    let state: R
}

/// Whether some order explains the history: each action takes effect at one moment between its beginning and its answer,
/// and each answer is what that order gives (Herlihy and Wing, 1990; searched as by Wing and Gong, 1993, with states that
/// were tried remembered as by Lowe, 2017).
///
/// - Parameter history: at most 64 operations on one register.
public func isLinearizable<R: Register>(_ history: [Operation<R.Action>], from first: R) -> Bool {
    precondition(history.count <= 64, "a history of one register has at most 64 operations")
    let answered = history.indices.filter { history[$0].ended != nil }.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
    var tried: Set<Place<R>> = []
    var open = [Place(done: 0, state: first)]
    while let place = open.popLast() {
        if place.done & answered == answered { return true }
        guard tried.insert(place).inserted else { continue }
        let rest = history.indices.filter { place.done & (1 << UInt64($0)) == 0 }
        // Nothing can come next that began after something else had its answer.
        let bound = rest.compactMap { history[$0].ended }.min() ?? .max
        for index in rest where history[index].begun <= bound {
            for state in place.state.after(history[index].action) {
                open.append(Place(done: place.done | 1 << UInt64(index), state: state))
            }
        }
    }
    return false
}
