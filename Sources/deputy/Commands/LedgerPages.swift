import Wire

extension CommonOptions {
    /// A tree's records page by page, so that the memory doesn't grow with it; as far as the tree reached at the first of
    /// them, since looking may leave a leaf itself.
    ///
    /// - Parameter from: the first record's index; a negative one counts from the end.
    /// - Returns: the index behind the last record.
    func eachPage(of tree: String, from: Int64, _ take: ([JSON]) throws -> Void) async throws -> Int64 {
        var next = from
        var end = Int64.max
        while next < end {
            let page = try await send("GET", ["ledger", tree], query: ["from": "\(next)", "limit": "1000"])
            let size = page["size"]?.integerValue ?? 0
            if end == .max {
                end = size
                if next < 0 { next = max(size + next, 0) }
            }
            let records = (page["records"]?.arrayValue ?? []).prefix(Int(max(0, end - next)))
            if records.isEmpty { break }
            try take(Array(records))
            next += Int64(records.count)
        }
        return next
    }
}
