/// How many records of each kind there are.
struct KindCounts: Sendable {
    private var counts = [Int64](repeating: 0, count: LeafKind.allCases.count)

    mutating func add(_ kind: LeafKind) { counts[kind.place] += 1 }

    mutating func add(_ others: KindCounts) {
        for place in counts.indices { counts[place] += others.counts[place] }
    }

    subscript(kind: LeafKind) -> Int64 { counts[kind.place] }

    /// Without those of which there are none.
    var all: [LeafKind: Int64] {
        Dictionary(uniqueKeysWithValues: LeafKind.allCases.map { ($0, self[$0]) }.filter { $0.1 > 0 })
    }
}

extension LeafKind {
    fileprivate var place: Int {
        switch self {
        case .decision: 0
        case .intent: 1
        case .outcome: 2
        case .approval: 3
        case .authority: 4
        case .epoch: 5
        case .session: 6
        case .heartbeat: 7
        case .model: 8
        }
    }

    /// Whether it is one of those that `LedgerCalls` keeps in order.
    var isOfCall: Bool {
        switch self {
        case .decision, .intent, .outcome: true
        case .approval, .authority, .epoch, .session, .heartbeat, .model: false
        }
    }
}
