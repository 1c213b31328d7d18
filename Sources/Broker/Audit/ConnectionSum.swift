import Authority
import Wire

/// A sum over what is told of connections, in any order, which nobody without the key can bring about with others: the
/// keyed multiset hash MSet-Add-Hash of Clarke et al., "Incremental Multiset Hash Functions" (2003), modulo 2^256.
struct ConnectionSum: Sendable, Equatable {
    private(set) var words: [UInt64] = [0, 0, 0, 0]
    private(set) var count: Int64 = 0

    init() {}

    /// Nil unless there are four words.
    init?(words: [UInt64], count: Int64) {
        guard words.count == 4 else { return nil }
        self.words = words
        self.count = count
    }

    /// A revoked connection counts as none: its row may go.
    mutating func add(_ told: Told, of connection: String, under key: [UInt8]) {
        guard told.health != .revoked else { return }
        add(Self.words(of: told, connection, key))
        count += 1
    }

    mutating func subtract(_ told: Told, of connection: String, under key: [UInt8]) {
        guard told.health != .revoked else { return }
        subtract(Self.words(of: told, connection, key))
        count -= 1
    }

    private mutating func subtract(_ other: [UInt64]) {
        var inverse = ConnectionSum()
        inverse.add(other.map { ~$0 })
        inverse.add([1, 0, 0, 0])
        add(inverse.words)
    }

    /// The tokens beside a connection: which writing of them it is, 0 for none.
    mutating func add(tokens generation: Int64, of connection: String, under key: [UInt8]) {
        guard generation != 0 else { return }
        add(Self.words(of: generation, connection, key))
        count += 1
    }

    mutating func subtract(tokens generation: Int64, of connection: String, under key: [UInt8]) {
        guard generation != 0 else { return }
        subtract(Self.words(of: generation, connection, key))
        count -= 1
    }

    mutating func add(_ other: ConnectionSum) {
        add(other.words)
        count += other.count
    }

    private mutating func add(_ other: [UInt64]) {
        var carry: UInt64 = 0
        for index in 0..<4 {
            let (first, isOver) = words[index].addingReportingOverflow(other[index])
            let (second, isOverAgain) = first.addingReportingOverflow(carry)
            words[index] = second
            carry = isOver || isOverAgain ? 1 : 0
        }
    }

    private static func words(of told: Told, _ connection: String, _ key: [UInt8]) -> [UInt64] {
        let text = JSON.array([
            .string(connection), .string(told.owner), .string(told.provider), .string(told.account),
            .string(told.generation.description), .string(told.fingerprint), .string(told.health.told),
        ])
        return words(of: text, key)
    }

    private static func words(of tokens: Int64, _ connection: String, _ key: [UInt8]) -> [UInt64] {
        words(of: .array([.string(connection), "tokens", .string(tokens.description)]), key)
    }

    private static func words(of text: JSON, _ key: [UInt8]) -> [UInt64] {
        let bytes = Digest.hmac(of: text.bytes(), key: key).bytes
        return (0..<4).map { word in
            bytes[word * 8..<word * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
