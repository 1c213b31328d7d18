/// Numbers that follow from a seed alone: SplitMix64 (Steele, Lea and Flood, 2014).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameter stream: keeps the numbers of one use apart from those of another with the same seed.
    public init(seed: UInt64, stream: String) {
        // FNV-1a, because Swift's own hashes differ from process to process.
        state = stream.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ SeededGenerator.mixed(seed)) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
        }
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SeededGenerator.mixed(state)
    }

    public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    public mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    /// True once in so many times.
    public mutating func once(in count: Int) -> Bool { below(count) == 0 }

    private static func mixed(_ number: UInt64) -> UInt64 {
        var value = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Numbers for a task that makes its choices as it goes.
struct Choices: Sendable {
    private let generator: Confined<SeededGenerator>

    init(_ generator: SeededGenerator) {
        self.generator = Confined(generator)
    }

    func below(_ bound: Int) -> Int { generator.value.below(bound) }

    func pick<Value>(_ values: [Value]) -> Value { generator.value.pick(values) }
}

/// A digest of what happened, equal in every process for equal events: FNV-1a, 64 bits.
public struct TraceHash: Sendable, Hashable, CustomStringConvertible {
    private var value: UInt64 = 0xCBF2_9CE4_8422_2325

    public init() {}

    public mutating func add(_ text: String) {
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        value = (value ^ 0x0A) &* 0x0000_0100_0000_01B3
    }

    public var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
