extension LedgerVerifier {
    private static let partSize = 256

    /// Takes the next records. What each record shows by itself is examined on all processors at once, while the parts
    /// before are put in their order: large batches (ten thousand) are several times faster than one record after the
    /// other. They are held in memory meanwhile.
    public mutating func add(_ batch: [StoredRecord]) async throws(LedgerFault) {
        let starts = Array(stride(from: 0, to: batch.count, by: Self.partSize))
        let fault = await withTaskGroup(of: (Int, [ExaminedRecord]).self) { group -> LedgerFault? in
            for (number, start) in starts.enumerated() {
                group.addTask {
                    (number, batch[start..<min(start + Self.partSize, batch.count)].map { ExaminedRecord($0) })
                }
            }
            var examined = [[ExaminedRecord]?](repeating: nil, count: starts.count)
            var next = 0
            for await (number, part) in group {
                examined[number] = part
                while next < starts.count, let part = examined[next] {
                    examined[next] = nil
                    next += 1
                    if let fault = firstFault(in: part) { return fault }
                }
            }
            return nil
        }
        if let fault { throw fault }
    }

    private mutating func firstFault(in part: [ExaminedRecord]) -> LedgerFault? {
        do throws(LedgerFault) {
            for record in part {
                try add(record)
            }
            return nil
        } catch {
            return error
        }
    }
}
