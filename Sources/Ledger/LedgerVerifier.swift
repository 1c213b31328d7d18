public import Wire

/// Verifies a ledger from its records, its checkpoints and the public key alone, in one pass and little memory.
///
/// Give it all checkpoints, then all records in order, then the head. Each step throws the ``LedgerFault`` with the
/// first bad position; after a fault, the verifier is of no further use.
public struct LedgerVerifier: Sendable {
    /// A record as it was stored, with the leaf hash kept beside it, if one is.
    public struct StoredRecord: Sendable {
        let bytes: [UInt8]
        let hash: Digest?

        /// A record and the hash that was stored with it.
        public init(_ bytes: [UInt8], hash: Digest?) {
            self.bytes = bytes
            self.hash = hash
        }
    }

    private let checkpoints: [Checkpoint]
    private let checkpointFault: LedgerFault?
    private var matched = 0
    private var tree = MerkleTree()
    private var previous = Digest.none
    private var time = Int64.min
    private var calls = LedgerCalls()
    private var kinds = KindCounts()
    private var pulse = LedgerPulse()

    /// A verifier of the ledger named `origin`, whose checkpoints `key` signed. `checkpoints` are the signed notes as
    /// they were stored, each of a larger size than the one before.
    public init(origin: String, key: LedgerKey, checkpoints: [String]) {
        (self.checkpoints, checkpointFault) = Self.read(checkpoints, origin, key)
        // That over nothing was compared when it was read.
        if self.checkpoints.first?.size == 0 { matched = 1 }
    }

    /// The tree as far as it was read, and the hash of its last record.
    public var end: (tree: MerkleTree, previous: Digest) { (tree, previous) }

    /// Takes the next record.
    public mutating func add(record: [UInt8], storedHash: Digest?) throws(LedgerFault) {
        try add(ExaminedRecord(StoredRecord(record, hash: storedHash)))
    }

    /// Ends the pass: `head` is the size and root that the store keeps, if it keeps them.
    public func finish(head: (size: Int64, root: Digest)?) throws(LedgerFault) -> LedgerReport {
        try checkTruncation(head?.size)
        if let checkpointFault { throw checkpointFault }
        if let head {
            guard head.size == tree.size else {
                throw LedgerFault(
                    head.size, .headSize, "there are \(tree.size) records, but the head covers \(head.size)",
                    hint: "records were added past the gateway")
            }
            guard head.root == tree.root else {
                throw LedgerFault(proven, .headRoot, "the head's root is not that of the \(tree.size) records")
            }
        }
        return LedgerReport(
            records: tree.size, kinds: kinds.all, root: tree.root, checkpoints: checkpoints.count,
            lastCheckpoint: checkpoints.last, openIntents: calls.open, silences: pulse.silences,
            running: pulse.last.map { LedgerReport.Sign(gateway: $0.gateway, time: $0.time, interval: $0.interval) })
    }

    /// How many records the last matching checkpoint covers.
    private var proven: Int64 { matched == 0 ? 0 : checkpoints[matched - 1].size }

    mutating func add(_ record: ExaminedRecord) throws(LedgerFault) {
        let position = tree.size
        if let checkpointFault, checkpointFault.position == position { throw checkpointFault }
        guard record.storedHash == nil || record.storedHash == record.leafHash else {
            throw LedgerFault(position, .storedHash, "record \(position) does not have the hash stored with it")
        }
        let head: ExaminedRecord.Head
        do throws(LedgerError) {
            head = try record.head.get()
        } catch {
            throw LedgerFault(position, .format, "record \(position): \(error.message)", hint: error.hint)
        }
        try check(head, at: position)
        tree.append(leafHash: record.leafHash)
        previous = record.leafHash
        time = head.time
        kinds.add(head.kind)
        pulse.note(head, at: position)
        try compareCheckpoint()
    }

    mutating func add(_ part: ExaminedPart) throws(LedgerFault) {
        guard let run = part.run, fits(run, of: Int64(part.records.count)) else {
            for record in part.records { try add(record) }
            return
        }
        for offset in run.calls {
            guard case .success(let head) = part.records[offset].head else { continue }
            try calls.note(head, at: run.start + Int64(offset))
        }
        tree.append(run.leaves)
        previous = run.end
        time = run.last
        kinds.add(run.kinds)
        pulse.note(run.kinds)
        try compareCheckpoint()
    }

    /// Whether a run goes on where the records before it end, and no checkpoint has to be compared inside it.
    private func fits(_ run: ExaminedPart.Run, of count: Int64) -> Bool {
        let end = run.start + count
        guard run.start == tree.size, run.previous == previous, run.first >= time else { return false }
        if let checkpointFault, (run.start..<end).contains(checkpointFault.position) { return false }
        return matched == checkpoints.count || checkpoints[matched].size >= end
    }

    private mutating func check(_ head: ExaminedRecord.Head, at position: Int64) throws(LedgerFault) {
        guard head.index == position else {
            throw LedgerFault(
                position, .index, "record \(position) has the index \(head.index)",
                hint: head.index > position ? "records are missing" : "a record is there twice or was moved")
        }
        guard head.previous == previous else {
            // Unless a checkpoint vouches for the record before, either of the two may be the altered one.
            throw LedgerFault(
                proven == position ? position : position - 1, .previous,
                position == 0
                    ? "record 0 names a record before it"
                    : "record \(position) was written after another record \(position - 1) than the one that is there")
        }
        guard head.time >= time else {
            throw LedgerFault(position, .time, "record \(position) is older than the one before it")
        }
        try calls.note(head, at: position)
    }

    private mutating func compareCheckpoint() throws(LedgerFault) {
        guard matched < checkpoints.count, checkpoints[matched].size == tree.size else { return }
        guard checkpoints[matched].root == tree.root else {
            throw LedgerFault(
                proven, .checkpointRoot,
                "records \(proven) to \(tree.size - 1) are not the ones that the checkpoint over \(tree.size) records signed",
                hint: "compare them with a copy or an export from before")
        }
        matched += 1
    }

    private func checkTruncation(_ headSize: Int64?) throws(LedgerFault) {
        let covered = max(headSize ?? 0, checkpoints.last?.size ?? 0)
        guard covered <= tree.size else {
            throw LedgerFault(
                tree.size, .truncated, "there are \(tree.size) records where \(covered) were signed or counted",
                hint: "the end of the ledger is missing")
        }
    }
}
