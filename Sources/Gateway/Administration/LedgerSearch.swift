import Wire

/// Picks records out of a tree that is read from its end towards its beginning.
///
/// Intents and outcomes name only their call: they wait for its decision, which comes before them.
struct LedgerSearch {
    /// Below the lowest index that is asked for, so many records are read for decisions of what was found above it.
    static let reach: Int64 = 10_000

    private let filter: LedgerFilter
    private let lowest: Int64
    private let limit: Int
    private var found: [(index: Int64, leaf: JSON)] = []
    private var waiting: [String: [(index: Int64, leaf: JSON)]] = [:]
    private var isPast = false

    /// - Parameter lowest: the first index that is asked for.
    init(_ filter: LedgerFilter, from lowest: Int64, limit: Int) {
        self.filter = filter
        self.lowest = lowest
        self.limit = limit
    }

    /// Oldest first, and the newest of them where there are more than were asked for.
    var records: [JSON] { found.sorted { $0.index < $1.index }.suffix(limit).map(\.leaf) }

    /// Whether records before this index can't change the answer.
    func isDone(at index: Int64) -> Bool {
        guard isPast || index <= lowest || found.count >= limit else { return false }
        return waiting.isEmpty || index <= lowest - LedgerSearch.reach || (found.count >= limit && !isWaitingAbove())
    }

    /// Takes the next record towards the beginning.
    mutating func take(_ leaf: JSON) {
        let index = leaf["index"]?.integerValue ?? 0
        let time = leaf["time"]?.integerValue ?? 0
        if let since = filter.since, time < since { isPast = true }
        let isAsked = index >= lowest && filter.holds(time: time)
        let call = leaf["call"]?.stringValue
        switch leaf["kind"]?.stringValue {
        case "intent" where filter.isAboutCalls, "outcome" where filter.isAboutCalls:
            if isAsked, let call { waiting[call, default: []].append((index, leaf)) }
        case "decision":
            let isWanted = filter.matches(leaf)
            if isWanted, isAsked { found.append((index, leaf)) }
            if let call, let followers = waiting.removeValue(forKey: call), isWanted { found += followers }
        default:
            if isAsked, filter.matches(leaf) { found.append((index, leaf)) }
        }
    }

    /// Whether something that still waits is newer than the oldest record of the answer.
    private func isWaitingAbove() -> Bool {
        let oldest = found.map(\.index).sorted().suffix(limit).first ?? 0
        return waiting.values.contains { $0.contains { $0.index > oldest } }
    }
}
