/// Base64 (RFC 4648 §4) for keys: unlike a library's, it leaves no copy of the bytes behind.
enum KeyText {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    /// How many characters `count` bytes take.
    static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Appends the text of `bytes`; the caller has reserved the room.
    static func encode(_ bytes: UnsafeRawBufferPointer, into text: inout [UInt8]) {
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for position in 0..<4 {
                let digit = Int(bits >> UInt32(18 - 6 * position) & 63)
                text.append(position <= group.count ? alphabet[digit] : padding)
            }
        }
    }

    /// The `count` bytes that `text` stands for; nil unless it is exactly the text that ``encode(_:into:)`` makes.
    static func decode(_ text: UnsafeRawBufferPointer, count: Int) -> Secret? {
        guard text.count == length(of: count) else { return nil }
        let padded = length(of: count) * 3 / 4 - count
        var isValid = text.suffix(padded).allSatisfy { $0 == padding }
        let bytes = Secret(count: count) { buffer in
            var bits: UInt32 = 0
            var held: UInt32 = 0
            var filled = 0
            for character in text.dropLast(padded) {
                guard let digit = alphabet.firstIndex(of: character) else {
                    isValid = false
                    return
                }
                bits = (bits << 6 | UInt32(digit)) & 0xFFFF
                held += 6
                guard held >= 8 else { continue }
                held -= 8
                buffer[filled] = UInt8(truncatingIfNeeded: bits >> held)
                filled += 1
            }
            if bits & (1 << held - 1) != 0 { isValid = false }
        }
        guard isValid else { return nil }
        return bytes
    }
}
