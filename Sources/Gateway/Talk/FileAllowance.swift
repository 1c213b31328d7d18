import Turns

/// How many bytes of files a person may have kept here: some at once, then few an hour. The store is everybody's.
struct FileAllowance: Sendable {
    /// In KiB: 64 MiB at once, then about 14 MiB an hour.
    private let tries = Tries<Visitor>(burst: 64 << 10, perSecond: 4)

    /// Takes room for these; the seconds to wait where there isn't any.
    func take(_ files: [InboundFile], of person: Visitor) -> Int? {
        guard !files.isEmpty else { return nil }
        let bytes = files.reduce(0) { $0 + $1.bytes.count }
        return tries.take(bytes >> 10 + 1, of: person)
    }
}
