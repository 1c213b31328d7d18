/// What a file system has.
public struct DiskSpace: Sendable, Hashable {
    /// Bytes that this user may still write.
    public let free: Int64
    public let total: Int64

    public init(free: Int64, total: Int64) {
        self.free = free
        self.total = total
    }
}

/// How near a disk is to being full. It gets worse at once, and better only when there is a little more than the bound, so
/// that it doesn't swing.
public struct DiskGauge: Sendable {
    public enum State: String, Sendable, CaseIterable {
        case fine
        /// Somebody should look.
        case low
        /// The rest is kept for what is under way, for the ledger and for what takes rights away.
        case reserved
    }

    public let low: DiskBound
    public let reserve: DiskBound
    public private(set) var state = State.fine
    public private(set) var space: DiskSpace?

    /// How much more than the bound there must be to get better, in percent of it.
    static let margin: Int64 = 5

    public init(low: DiskBound, reserve: DiskBound) {
        self.low = low
        self.reserve = reserve
    }

    /// - Returns: whether the state is another one now.
    public mutating func look(_ space: DiskSpace) -> Bool {
        self.space = space
        let before = state
        let now = DiskGauge.state(of: space, low: low, reserve: reserve, more: 0)
        let better = DiskGauge.state(of: space, low: low, reserve: reserve, more: DiskGauge.margin)
        state = now.severity >= before.severity ? now : min(better, before, by: { $0.severity < $1.severity })
        return state != before
    }

    private static func state(of space: DiskSpace, low: DiskBound, reserve: DiskBound, more: Int64) -> State {
        func isBelow(_ bound: DiskBound) -> Bool {
            let bytes = bound.bytes(of: space.total)
            return space.free < bytes + bytes / 100 * more
        }
        return isBelow(reserve) ? .reserved : isBelow(low) ? .low : .fine
    }
}

extension DiskGauge.State {
    fileprivate var severity: Int {
        switch self {
        case .fine: 0
        case .low: 1
        case .reserved: 2
        }
    }
}

private func min<Value>(_ a: Value, _ b: Value, by isLess: (Value, Value) -> Bool) -> Value { isLess(b, a) ? b : a }
