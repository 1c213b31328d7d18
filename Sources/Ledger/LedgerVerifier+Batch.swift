extension LedgerVerifier {
    /// How many records are best given at once: enough for all processors, and a few megabytes.
    public static let batchSize = 8192

    private static let partSize: Int64 = 256

    /// Takes the next records. What they show by themselves is examined on all processors at once, while the parts before
    /// are put in their order. They are held in memory meanwhile.
    public mutating func add(_ batch: [StoredRecord]) async throws(LedgerFault) {
        let parts = parts(of: batch)
        let fault = await withTaskGroup(of: (Int, ExaminedPart).self) { group -> LedgerFault? in
            for (number, part) in parts.enumerated() {
                group.addTask { (number, ExaminedPart(batch[part])) }
            }
            var examined = [ExaminedPart?](repeating: nil, count: parts.count)
            var next = 0
            for await (number, part) in group {
                examined[number] = part
                while next < parts.count, let part = examined[next] {
                    examined[next] = nil
                    next += 1
                    do throws(LedgerFault) { try add(part) } catch { return error }
                }
            }
            return nil
        }
        if let fault { throw fault }
    }

    /// They begin at multiples of their size, so that each is one subtree.
    private func parts(of batch: [StoredRecord]) -> [Range<Int>] {
        let first = Int(Self.partSize - end.tree.size % Self.partSize)
        let starts = [0] + stride(from: first, to: batch.count, by: Int(Self.partSize))
        return zip(starts, starts.dropFirst() + [batch.count]).map { $0..<$1 }
    }
}
