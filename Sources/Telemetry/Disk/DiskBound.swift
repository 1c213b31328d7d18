/// How little may be left of a disk: so many bytes, or so many percent of it, or whichever of the two is less.
public struct DiskBound: Sendable, Hashable, CustomStringConvertible {
    let bytes: Int64?
    let percent: Double?

    /// Reads `1GiB`, `10%`, or `1GiB,10%`; nil for anything else. Units are KiB, MiB, GiB and TiB.
    public init?(_ text: String) {
        var bytes: Int64?
        var percent: Double?
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            if part.hasSuffix("%") {
                guard percent == nil, let number = Double(part.dropLast()), (0...100).contains(number) else {
                    return nil
                }
                percent = number
            } else {
                guard bytes == nil, let number = DiskBound.size(part) else { return nil }
                bytes = number
            }
        }
        self.bytes = bytes
        self.percent = percent
    }

    private static func size(_ text: Substring) -> Int64? {
        let units: [(String, Int64)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            guard let number = Int64(text.dropLast(unit.count)), (0...1 << 20).contains(number) else { return nil }
            return number * factor
        }
        return Int64(text).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// In bytes, of a disk of that size.
    func bytes(of total: Int64) -> Int64 {
        let share = percent.map { Int64(Double(total) * $0 / 100) }
        return min(bytes ?? share ?? 0, share ?? bytes ?? 0)
    }

    public var description: String {
        [bytes.map { "\($0)" }, percent.map { "\($0)%" }].compactMap { $0 }.joined(separator: ",")
    }
}
