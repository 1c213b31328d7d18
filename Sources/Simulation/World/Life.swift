/// One gateway process, from its start to its end.
final class Life: @unchecked Sendable {
    let number: Int
    private(set) var isOver = false

    init(number: Int) {
        self.number = number
    }

    /// What still runs of it reaches nothing any more.
    func end() { isOver = true }
}

/// The process that asked is gone.
struct Gone: Error {}
