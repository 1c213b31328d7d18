/// The name of a key: `k_` and 16 hex digits, derived one way from the key itself, so that a name never fits another
/// key by accident. It tells nothing about the key and may be shown.
public struct KeyID: Sendable, Hashable, CustomStringConvertible {
    /// The eight bytes that the digits show, big-endian.
    let number: UInt64

    init(number: UInt64) {
        self.number = number
    }

    /// Reads the text form; nil if `text` isn't one.
    public init?(_ text: some StringProtocol) {
        let digits = text.dropFirst(2)
        guard text.hasPrefix("k_"), digits.utf8.count == 16, digits.utf8.allSatisfy(Self.isLowerHex),
            let number = UInt64(digits, radix: 16)
        else { return nil }
        self.number = number
    }

    /// Reads the eight bytes that a record names its key by; nil for another number of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 8 else { return nil }
        number = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The eight bytes that a record names its key by, from its third byte on.
    public var bytes: [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    /// The text form.
    public var description: String { "k_" + hex(number) }

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

/// Sixteen lower-case digits.
func hex(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
