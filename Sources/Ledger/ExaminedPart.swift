import Wire

/// What a stretch of records shows by itself, without those around it.
struct ExaminedPart: Sendable {
    /// All that fits together: in whole parts, only their ends have to be looked at one after the other.
    struct Run: Sendable {
        let start: Int64
        /// The record before, as the first one names it.
        let previous: Digest
        let first: Int64
        let last: Int64
        let end: Digest
        let kinds: KindCounts
        /// Which of the records tell of calls.
        let calls: [Int]
        let leaves: LeafRun
    }

    let records: [ExaminedRecord]
    /// Nil when something may be wrong with one of the records, or has to be asked of each.
    let run: Run?

    init(_ batch: ArraySlice<LedgerVerifier.StoredRecord>) {
        records = batch.map { ExaminedRecord($0) }
        run = ExaminedPart.run(of: records)
    }

    private static func run(of records: [ExaminedRecord]) -> Run? {
        guard let first = records.first?.plain, first.index < Int64.max - Int64(records.count) else { return nil }
        var leaves = LeafRun(from: first.index)
        var kinds = KindCounts()
        var calls: [Int] = []
        calls.reserveCapacity(records.count)
        var (previous, time) = (first.previous, first.time)
        for (offset, record) in records.enumerated() {
            guard let head = record.plain, head.index == first.index + Int64(offset), head.previous == previous,
                head.time >= time
            else { return nil }
            (previous, time) = (record.leafHash, head.time)
            leaves.append(leafHash: record.leafHash)
            kinds.add(head.kind)
            if head.kind.isOfCall { calls.append(offset) }
        }
        return Run(
            start: first.index, previous: first.previous, first: first.time, last: time, end: previous, kinds: kinds,
            calls: calls, leaves: leaves)
    }
}

extension ExaminedRecord {
    /// The head of a record that is as it was stored, and no heartbeat.
    fileprivate var plain: Head? {
        guard storedHash == nil || storedHash == leafHash, case .success(let head) = head, head.heartbeat == nil
        else { return nil }
        return head
    }
}
