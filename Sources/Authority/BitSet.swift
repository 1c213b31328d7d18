/// A set of small integers, for interned tools.
struct BitSet: Hashable, Sendable {
    private var words: [UInt64]

    init(capacity: Int) {
        words = Array(repeating: 0, count: (capacity + 63) / 64)
    }

    /// Whether `index` is in the set. An index beyond the capacity is in no set.
    func contains(_ index: Int) -> Bool {
        let word = index >> 6
        guard word < words.count else { return false }
        return words[word] & (1 << UInt64(index & 63)) != 0
    }

    mutating func insert(_ index: Int) {
        words[index >> 6] |= 1 << UInt64(index & 63)
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
}
