/// RFC 4648 section 7, in lower case and without padding: what Google Calendar takes as an event's own id, and what the mail of a
/// call has for its name.
public enum Base32Hex {
    private static let alphabet = Array("0123456789abcdefghijklmnopqrstuv".utf8)

    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var (bits, buffer) = (0, 0)
        var text: [UInt8] = []
        for byte in bytes {
            buffer = (buffer << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[buffer >> bits & 31])
            }
        }
        if bits > 0 { text.append(alphabet[buffer << (5 - bits) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for what ``encode(_:)`` doesn't write. Letters may be large: mail programs don't keep them as they were.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var (bits, buffer) = (0, 0)
        var bytes: [UInt8] = []
        for letter in text.lowercased().utf8 {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            buffer = (buffer << 5 | value) & 0xFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(buffer >> bits & 0xFF))
            }
        }
        return encode(bytes) == text.lowercased() ? bytes : nil
    }
}
