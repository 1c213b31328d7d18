extension [UInt8] {
    /// Whether these bytes stand somewhere in it. The standard library's `contains` of a collection takes a hundred times as
    /// long, and this is asked of every record of a ledger.
    public func holds(_ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        guard count >= part.count else { return false }
        return withUnsafeBufferPointer { all in
            part.withUnsafeBufferPointer { part in
                for start in 0...(all.count - part.count) where all[start] == first {
                    var length = 1
                    while length < part.count, all[start + length] == part[length] { length += 1 }
                    if length == part.count { return true }
                }
                return false
            }
        }
    }
}
