import Wire

/// What a record shows by itself, without the ones around it.
struct ExaminedRecord: Sendable {
    /// The parts that the order of records depends on.
    struct Head: Sendable {
        let index: Int64
        let previous: Digest
        let kind: LeafKind
        let time: Int64
        /// The field `call`, if it is a text.
        let call: String?
        /// Whether the field `verdict` is `permit`.
        let isPermit: Bool
    }

    let leafHash: Digest
    let storedHash: Digest?
    let head: Result<Head, LedgerError>

    init(_ record: LedgerVerifier.StoredRecord) {
        leafHash = MerkleTree.leafHash(of: record.bytes)
        storedHash = record.hash
        do throws(LedgerError) {
            let read = try Leaf.decode(record.bytes)
            head = .success(
                Head(
                    index: read.index, previous: read.previous, kind: read.kind, time: read.time,
                    call: read.fields["call"]?.stringValue, isPermit: read.fields["verdict"] == "permit"))
        } catch {
            head = .failure(error)
        }
    }

    private static let partSize = 256

    /// Examines a batch in parts, all at once, and gives the parts back in their order.
    static func examine(_ batch: [LedgerVerifier.StoredRecord]) async -> [[ExaminedRecord]] {
        let starts = Array(stride(from: 0, to: batch.count, by: partSize))
        return await withTaskGroup(of: (Int, [ExaminedRecord]).self) { group in
            for (number, start) in starts.enumerated() {
                group.addTask {
                    (number, batch[start..<min(start + partSize, batch.count)].map { ExaminedRecord($0) })
                }
            }
            var parts = [[ExaminedRecord]](repeating: [], count: starts.count)
            for await (number, part) in group {
                parts[number] = part
            }
            return parts
        }
    }
}
